/**
 * The turns of a worker: each settles what has finished, claims what fits and starts it. What a turn is to say and ask follows from the ones before it.
 * @module
 */
import type { Capacity, Presence, Turn, TurnReply } from "../store/turn.ts";
import type { InFlight } from "./in-flight.ts";
import type { PollStrategy } from "./poll-strategy.ts";
import { Reports } from "./reports.ts";
import { takeTurn } from "./take-turn.ts";
import { countTurn, noCounts, settlementsOf, type TurnCounts } from "./turn-counts.ts";
import { WatermarkCache } from "./watermark-cache.ts";
import type { Worker } from "./worker.ts";

export interface TurnsOptions {
  /** Set aside jobs that cannot be run here. */
  readonly park: boolean;
  /** For a worker that lives on. */
  readonly pollStrategy: PollStrategy | undefined;
}

/** How a turn went. */
export interface TurnTaken {
  /** It asked for jobs. */
  readonly looked: boolean;
  /** It claimed all that it asked for: there may be more. */
  readonly full: boolean;
  /** Jobs were moved out of the way: there may be others behind them. */
  readonly setAside: boolean;
  /** Other workers' locks kept a job from being claimed, or an attempt from being settled. */
  readonly busy: boolean;
  /** As of `TurnReply`. */
  readonly madeReady: boolean;
  /** With nothing claimed and nothing left to settle, the worker has signed off. */
  readonly leave: boolean;
  readonly tookMs: number;
}

/** Bytes of large payloads in one claim: a sixteenth of the memory that a Cloudflare Worker has. */
const MAX_CLAIM_BYTES = 8 * 1024 * 1024;
/** The heartbeat's row is written at most this often. */
const HEARTBEAT_WRITE_MS = 5_000;

export class Turns<Env> {
  readonly #worker: Worker<Env>;
  readonly #inFlight: InFlight<Env>;
  readonly #park: boolean;
  readonly #pollStrategy: PollStrategy | undefined;
  readonly #counts = noCounts();
  readonly #reports = new Reports();
  readonly #watermarks = new WatermarkCache();
  /** Jobs may have become ready since then that the watermarks hide; Infinity: none. */
  #readyFrom = Number.POSITIVE_INFINITY;
  #toldAside = false;
  /** Turns in a row that claimed all that they asked for. */
  #fullTurns = 0;
  #quietTurns = 0;
  #answeredAt: number;
  /** This worker was silent for so long that others may have taken it for dead: the next turn asks which of its claims are lost. */
  #isDoubtful = false;

  constructor(worker: Worker<Env>, inFlight: InFlight<Env>, { park, pollStrategy }: TurnsOptions) {
    this.#worker = worker;
    this.#inFlight = inFlight;
    this.#park = park;
    this.#pollStrategy = pollStrategy;
    this.#answeredAt = worker.clock.now();
  }

  get counts(): TurnCounts {
    return this.#counts;
  }

  /** Turns in a row that claimed nothing. */
  get quietTurns(): number {
    return this.#quietTurns;
  }

  get isDoubtful(): boolean {
    return this.#isDoubtful;
  }

  /** Milliseconds until the next scheduled job is due; Infinity: none is scheduled. */
  get nextDueMs(): number {
    return this.#reports.nextDueMs(this.#worker.clock.now());
  }

  /**
   * Makes the next turn scan again what became ready since then, in milliseconds since 1970: a job has come whose enqueue may have begun before the
   * last scan. -Infinity: from the start.
   */
  scanFrom(readyFrom: number): void {
    this.#readyFrom = Math.min(this.#readyFrom, readyFrom);
  }

  /** Takes a turn. */
  async take(): Promise<TurnTaken> {
    const { clock } = this.#worker;
    const askedAt = clock.now();
    const holds = this.#inFlight.running > 0;
    const turn = this.#prepare(askedAt);
    const reply = await takeTurn(this.#worker, turn, { livesOn: this.#pollStrategy !== undefined, holds: holds || turn.settle.length > 0 });
    this.#learn(turn, reply, askedAt, clock.now());
    const unsettled = this.#account(turn, reply);
    this.#inFlight.accept(reply, turn.claimId);
    this.#pollStrategy?.onTurn(this.#counts, this.#inFlight.running);
    return {
      looked: turn.slots > 0,
      full: isFull(turn, reply),
      setAside: reply.setAside > 0,
      busy: reply.busy || unsettled > 0,
      madeReady: reply.madeReady,
      leave: turn.presence?.leave === true,
      tookMs: clock.now() - askedAt,
    };
  }

  #prepare(now: number): Turn {
    const { budget, heartbeat, id: workerId, newId } = this.#worker;
    const mayClaim = budget.mayClaim();
    if (now - this.#answeredAt > heartbeat.timeoutMs / 2) this.#isDoubtful = true;
    // Signing off takes a scan from the start: too much for each turn of a backlog, but a life of two turns has to do it with its second.
    const ends = !mayClaim || (this.#pollStrategy ? this.#pollStrategy.resting() : this.#fullTurns < 2);
    const leave = this.#inFlight.running === 0 && ends;
    if (leave || this.#readyFrom === Number.NEGATIVE_INFINITY) this.#watermarks.clear();
    const readyFrom = Number.isFinite(this.#readyFrom) ? this.#readyFrom : null;
    this.#readyFrom = Number.POSITIVE_INFINITY;
    const asksPresence = leave || this.#fullTurns === 0 || this.#isDoubtful || this.#reports.isDue(now);
    return {
      workerId,
      claimId: newId(),
      slots: mayClaim ? this.#inFlight.free : 0,
      capacity: this.#capacity(asksPresence),
      settle: this.#inFlight.takeSettlements(),
      watermarks: this.#watermarks.get(now),
      readyFrom,
      presence: asksPresence ? this.#presence(leave) : null,
    };
  }

  /** Learns from a reply what the next turn is to say and ask. */
  #learn(turn: Turn, reply: TurnReply, askedAt: number, answeredAt: number): void {
    const tookMs = answeredAt - askedAt;
    this.#answeredAt = answeredAt;
    this.#isDoubtful = tookMs > this.#worker.heartbeat.timeoutMs / 2;
    if (reply.report) this.#reports.keep(reply.report, askedAt, answeredAt);
    this.#watermarks.keep(reply.watermarks, { watermarks: turn.watermarks, tookMs });
    if (reply.setAside > 0 && !this.#toldAside) {
      this.#toldAside = true;
      const message =
        "jobs set aside, told once: nobody here can run them, their limit is reached, or they have expired; mayfly doctor tells which";
      this.#worker.logger.warn(message, { jobs: reply.setAside });
    }
    this.#quietTurns = reply.jobs.length > 0 ? 0 : this.#quietTurns + 1;
    if (turn.slots > 0) this.#fullTurns = isFull(turn, reply) ? this.#fullTurns + 1 : 0;
  }

  /** Counts what the turn did, and gives back what it could not settle. Answers how much that was. */
  #account({ settle }: Turn, reply: TurnReply): number {
    countTurn(this.#counts, settle, reply);
    if (reply.rejections.length === 0) return 0;
    const refused = reply.rejections.filter(({ reason }) => reason === "claim_lost");
    if (refused.length > 0) this.#worker.logger.warn("results not accepted", { rejections: refused });
    const busy = settlementsOf(settle, reply.rejections, ["busy"]);
    // After the hard end nobody settles them any more: a rescue sees to their jobs.
    if (this.#worker.budget.remainingMs() > 0) this.#inFlight.giveBack(busy);
    return busy.size;
  }

  #capacity(asksPresence: boolean): Capacity {
    const { budget, handlers, queues } = this.#worker;
    const fitting = [...handlers].filter(([, { definition }]) => budget.fits(definition.timeoutMs));
    return {
      queues: asksPresence ? queues : this.#reports.unpaused(queues),
      names: fitting.map(([name]) => name),
      hookNames: fitting.filter(([, { onAborted, onFailed }]) => onAborted ?? onFailed).map(([name]) => name),
      maxTimeoutMs: budget.remainingMs(),
      maxBytes: MAX_CLAIM_BYTES,
      park: this.#park,
    };
  }

  #presence(leave: boolean): Presence {
    const { budget, heartbeat, host, runtime } = this.#worker;
    return {
      runtime,
      host,
      deadlineAt: Number.isFinite(budget.hardEnd) ? new Date(budget.hardEnd).toISOString() : null,
      heartbeatMs: Math.floor(Math.min(HEARTBEAT_WRITE_MS, heartbeat.intervalMs / 2)),
      ...(this.#pollStrategy ? { listen: this.#pollStrategy.listening() } : {}),
      leave,
      activeClaims: this.#isDoubtful ? this.#inFlight.activeClaims : null,
    };
  }
}

/** Whether it gave all that was asked for. What it moved out of the way may have had others behind it. */
function isFull({ slots }: Turn, { jobs, setAside }: TurnReply): boolean {
  return slots > 0 && jobs.length + setAside >= slots;
}
