/**
 * The turns of a worker, also two at once, and what is known from them: where to look next, what came of the attempts, whether
 * others may have taken this worker for dead.
 * @module
 */
import type { Settlement } from "../store/settlement.ts";
import type { TurnReply } from "../store/turn.ts";
import type { Bench } from "./bench.ts";
import { KeptMarks } from "./kept-marks.ts";
import { takeTurn } from "./take-turn.ts";
import type { Vigil } from "./vigil.ts";
import type { Worker } from "./worker.ts";

/** What came of the jobs that a worker took. */
export interface TurnCounts {
  readonly turns: number;
  readonly claimed: number;
  readonly successful: number;
  readonly errored: number;
  readonly cancelled: number;
  /** Attempts that went down with the process they ran in. */
  readonly lost: number;
  readonly deferred: number;
  /** Results refused, because the claim was gone. */
  readonly stale: number;
  readonly parked: number;
}

/** What a turn may do. */
export interface TurnLimits {
  /** Claim at most this many. */
  readonly slots: number;
  /** Settle at most this many. */
  readonly settlements: number;
  /** Sign off if there is nothing to do. */
  readonly leave: boolean;
}

export interface TurnsOptions {
  /** Set aside jobs that cannot be run here. */
  readonly park: boolean;
  readonly vigil: Vigil | undefined;
}

export interface Taken {
  readonly reply: TurnReply;
  /** It gave all that was asked for: there may be more. */
  readonly full: boolean;
  /** How long a finished attempt may wait for others while there is more to claim: as long as a round trip, so that it at most doubles. */
  readonly lingerMs: number;
}

const LINGER_MS = { least: 2, most: 250 };

export class Turns<Env> {
  readonly #worker: Worker<Env>;
  readonly #bench: Bench<Env>;
  readonly #park: boolean;
  readonly #vigil: Vigil | undefined;
  readonly #counts: { -readonly [K in keyof TurnCounts]: number };
  readonly #marks = new KeptMarks();
  readonly #underWay = new Set<Promise<unknown>>();
  /** Slots that turns under way may fill. */
  #asked = 0;
  #heardAt: number;
  /** How often it took so long to hear of the database that others may have taken this worker for dead, and how many of these have been cleared up. */
  #doubts = 0;
  #cleared = 0;
  #quiet = 0;

  constructor(worker: Worker<Env>, bench: Bench<Env>, { park, vigil }: TurnsOptions) {
    this.#worker = worker;
    this.#bench = bench;
    this.#park = park;
    this.#vigil = vigil;
    this.#counts = { turns: 0, claimed: 0, successful: 0, errored: 0, cancelled: 0, lost: 0, deferred: 0, stale: 0, parked: 0 };
    this.#heardAt = worker.clock.now();
  }

  get counts(): TurnCounts {
    return this.#counts;
  }

  /** So many turns in a row claimed nothing. */
  get quiet(): number {
    return this.#quiet;
  }

  /** Others may have taken this worker for dead: the next turn asks which of its claims are gone. */
  get doubtful(): boolean {
    return this.#doubts > this.#cleared;
  }

  /** Slots that are neither taken nor asked for. */
  get free(): number {
    return Math.max(0, this.#worker.slots - this.#bench.running - this.#asked);
  }

  /** Resolves with the first answer to a turn under way; at once if there is none. Never rejects. */
  async answered(): Promise<void> {
    if (this.#underWay.size > 0) await Promise.race(this.#underWay).catch(() => {});
  }

  /** Takes one: settles what has finished, claims, starts what was claimed. */
  async take(limits: TurnLimits): Promise<Taken> {
    this.#asked += limits.slots;
    const turn = this.#take(limits);
    this.#underWay.add(turn);
    try {
      return await turn;
    } finally {
      this.#underWay.delete(turn);
    }
  }

  async #take({ slots, settlements, leave }: TurnLimits): Promise<Taken> {
    const { clock, heartbeat, logger, newId } = this.#worker;
    const holds = this.#bench.running > 0 || this.#underWay.size > 0;
    const settle = this.#bench.takeFinished(settlements);
    const claimId = newId();
    const at = clock.now();
    if (!this.doubtful && at - this.#heardAt > heartbeat.timeoutMs / 2) this.#doubts++;
    const doubts = this.#doubts;
    const holding = this.doubtful ? this.#bench.holding : null;
    const marks = this.#marks.at(at);
    const listen = this.#vigil ? { listen: this.#vigil.listening() } : {};
    const request = { claimId, slots, settle, park: this.#park, leave, marks, holding, ...listen };
    let reply: TurnReply;
    try {
      reply = await takeTurn(this.#worker, request, this.#vigil ? "always" : holds ? "unanswered" : "never");
    } finally {
      this.#asked -= slots;
    }
    this.#heardAt = clock.now();
    const tookMs = this.#heardAt - at;
    if (holding) this.#cleared = Math.max(this.#cleared, doubts);
    if (tookMs > heartbeat.timeoutMs / 2) this.#doubts++;
    this.#marks.keep(reply, { marks, at, tookMs });
    this.#quiet = reply.jobs.length > 0 ? 0 : this.#quiet + 1;
    this.#tally(settle, reply);
    if (reply.rejections.length > 0) logger.warn("results not accepted", { rejections: reply.rejections });
    const busy = new Set(reply.rejections.filter(({ reason }) => reason === "busy").map(({ id }) => id));
    if (busy.size > 0) this.#bench.giveBack(settle.filter(({ id }) => busy.has(id)));
    this.#bench.accept(reply, claimId);
    this.#vigil?.onTurn(this.#counts, this.#bench.running);
    return {
      reply,
      full: slots > 0 && reply.jobs.length + reply.setAside >= slots,
      lingerMs: Math.min(Math.max(tookMs, LINGER_MS.least), LINGER_MS.most),
    };
  }

  #tally(settle: readonly Settlement[], reply: TurnReply): void {
    const stale = new Set(reply.rejections.filter(({ reason }) => reason === "claim_lost").map(({ id }) => id));
    const busy = new Set(reply.rejections.filter(({ reason }) => reason === "busy").map(({ id }) => id));
    const counts = this.#counts;
    counts.turns++;
    counts.claimed += reply.jobs.length;
    counts.parked += reply.setAside;
    counts.stale += stale.size;
    for (const { id, outcome } of settle) {
      if (stale.has(id) || busy.has(id)) continue;
      if (outcome !== "released" && outcome !== "hook_done") counts[outcome]++;
    }
  }
}
