/**
 * Workers: claim, settle in every way there is, crash with what they hold, and freeze until they are taken for dead.
 * @module
 */
import type { ClaimedJob } from "../../src/store/claimed-job.ts";
import type { Settlement } from "../../src/store/settlement.ts";
import type { Turn, TurnReply, Watermarks } from "../../src/store/turn.ts";
import { newTurn } from "../support/samples.ts";
import { endingOf } from "./endings.ts";
import { insist, NAMES, PAUSED_QUEUE, pause, QUEUES, type Race } from "./stage.ts";

export interface Held {
  readonly job: ClaimedJob;
  readonly claimId: string;
  /** An operator wants it stopped. */
  cancelled: boolean;
}

/** One life: what a worker knows, and loses when it crashes. */
interface Life {
  readonly id: string;
  /** What it runs. */
  readonly held: Map<string, Held>;
  /** What has ended and is not settled yet. */
  readonly ended: Map<string, Settlement>;
  watermarks: { readonly value: Watermarks; readonly since: number } | null;
  /** When it was last present. */
  presentAt: number;
}

/** Watermarks hide what came late: so long at most. */
const WATERMARKS_LAST_MS = 1_000;
const PRESENCE_EVERY_MS = 100;

/** Works until nothing is left; answers who it was in the end. */
export async function worker(race: Race): Promise<string> {
  const { random, ledger } = race;
  const begin = (): Life => ({ id: race.newId(), held: new Map(), ended: new Map(), watermarks: null, presentAt: 0 });
  let life = begin();
  for (let idle = 0; idle < 8; ) {
    // Now and then it is a hook that kills its worker.
    const hooking = [...life.held.values()].some(({ job }) => job.hook !== null);
    if (race.running() && random.chance(hooking ? 0.05 : 0.015)) {
      ledger.count("worker crashed");
      life = begin();
    }
    if (race.running() && random.chance(0.006)) {
      ledger.count("worker froze");
      await pause(1_500 + random.below(2_500));
    }
    const claimed = await takeTurn(race, life);
    for (const [id, held] of life.held) {
      if (random.chance(0.2)) continue;
      life.held.delete(id);
      life.ended.set(`${id}|${held.claimId}`, endingOf(race, held));
    }
    if (race.running()) {
      await pause(random.below(claimed > 0 ? 5 : 30));
    } else if (life.held.size === 0 && life.ended.size === 0 && claimed === 0) {
      idle++;
      await pause(120);
    } else {
      idle = 0;
    }
  }
  return life.id;
}

async function takeTurn(race: Race, life: Life): Promise<number> {
  const { random, ledger, store } = race;
  // Sometimes only a part of what has ended.
  const settle = [...life.ended.values()].filter(() => random.chance(0.9));
  const turn = turnOf(race, life, settle);
  const reply = await insist(race, () => store.turn(turn));
  const rejections = new Map(reply.rejections.map(({ id, claimId, reason }) => [`${id}|${claimId}`, reason]));
  for (const settlement of settle) {
    const key = `${settlement.id}|${settlement.claimId}`;
    const answer = rejections.get(key) ?? "accepted";
    ledger.settle(settlement, answer);
    if (answer !== "busy") life.ended.delete(key);
  }
  hear(race, life, reply, turn.claimId);
  if (reply.jobs.length > turn.slots) ledger.violations.push("a turn claimed more than its slots");
  return reply.jobs.length;
}

function turnOf({ random, newId, running }: Race, life: Life, settle: readonly Settlement[]): Turn {
  const present = Date.now() - life.presentAt > PRESENCE_EVERY_MS || random.chance(0.5);
  if (present) life.presentAt = Date.now();
  const since = life.watermarks && Date.now() - life.watermarks.since < WATERMARKS_LAST_MS ? life.watermarks.since : null;
  if (since === null) life.watermarks = null;
  const turn = newTurn({
    workerId: life.id,
    claimId: newId(),
    slots: running() ? random.pick([0, 1, 3, 10, 20]) : 20,
    // A turn without presence does not ask which queues are paused.
    queues: present ? QUEUES : QUEUES.filter((queue) => queue !== PAUSED_QUEUE),
    names: NAMES,
    hookNames: ["hooked"],
    maxBytes: random.pick([20_000, 8_000_000]),
    settle,
    activeClaims: random.chance(0.5) ? [...life.held.values()].map(({ job, claimId }) => [job.id, claimId] as const) : null,
    watermarks: life.watermarks?.value ?? null,
    leave: life.held.size === 0 && life.ended.size === settle.length,
    heartbeatMs: 300,
  });
  return present ? turn : { ...turn, presence: null };
}

function hear({ ledger }: Race, life: Life, reply: TurnReply, claimId: string): void {
  const { held } = life;
  life.watermarks = { value: reply.watermarks, since: life.watermarks?.since ?? Date.now() };
  if (reply.replayed) ledger.count("turn replayed");
  ledger.count("set aside", reply.setAside);
  for (const [id, lostClaim] of reply.report?.lostClaims ?? []) {
    ledger.count("claim lost");
    ledger.lostClaims.add(`${id}|${lostClaim}`);
    held.delete(id);
  }
  for (const job of reply.jobs) {
    held.set(job.id, { job, claimId, cancelled: job.cancelRequested });
    if (job.cancelRequested) ledger.claimedToCancel.add(`${job.id}|${claimId}`);
    if (job.hook) ledger.count(`hook of ${job.hook}, try ${job.hookTries}`);
  }
  for (const id of reply.report?.cancels ?? []) {
    const one = held.get(id);
    if (one) one.cancelled = true;
  }
}
