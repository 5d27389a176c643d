/**
 * Workers: claim, settle in every way there is, crash with what they hold, and freeze until they are taken for dead.
 * @module
 */
import type { ClaimedJob } from "../../src/store/claimed-job.ts";
import type { Settlement } from "../../src/store/settlement.ts";
import type { TurnReply, Watermarks } from "../../src/store/store.ts";
import { settleCancelled, settleDeferral, settleError, settleSuccess } from "../../src/worker/outcome.ts";
import { HOOK_TRIES, insist, NAMES, pause, QUEUES, type Race } from "./stage.ts";

interface Held {
  readonly job: ClaimedJob;
  readonly claimId: string;
  /** An operator wants it stopped. */
  cancelled: boolean;
}

/** One life: what a worker knows, and loses when it crashes. */
interface Life {
  readonly id: string;
  readonly held: Map<string, Held>;
  settle: Settlement[];
  marks: { readonly value: Watermarks; readonly since: number } | null;
}

/** Watermarks hide what came late: so long at most. */
const MARKS_LAST_MS = 1_000;

/** Works until nothing is left; answers who it was in the end. */
export async function worker(race: Race): Promise<string> {
  const { random, ledger } = race;
  const begin = (): Life => ({ id: race.newId(), held: new Map(), settle: [], marks: null });
  let life = begin();
  for (let idle = 0; idle < 8; ) {
    // Now and then it is a hook that kills its worker.
    const hooking = [...life.held.values()].some(({ job }) => job.hook !== null);
    if (race.phase === "running" && random.chance(hooking ? 0.05 : 0.015)) {
      ledger.count("worker crashed");
      life = begin();
    }
    if (race.phase === "running" && random.chance(0.006)) {
      ledger.count("worker froze");
      await pause(1_500 + random.below(2_500));
    }
    const claimed = await takeTurn(race, life);
    for (const held of life.held.values()) if (!random.chance(0.2)) life.settle.push(ending(race, held));
    if (race.phase === "running") {
      await pause(random.below(claimed > 0 ? 5 : 30));
    } else if (life.held.size === 0 && claimed === 0) {
      idle++;
      await pause(120);
    } else {
      idle = 0;
    }
  }
  return life.id;
}

async function takeTurn(race: Race, life: Life): Promise<number> {
  const { random, ledger, store, newId } = race;
  const slots = random.pick([0, 1, 3, 10, 20]);
  const claimId = newId();
  const { settle } = life;
  const settling = new Set(settle.map(({ id }) => id));
  const holding = [...life.held.values()].filter(({ job }) => !settling.has(job.id)).map(({ job, claimId: at }) => [job.id, at] as const);
  const since = life.marks && Date.now() - life.marks.since < MARKS_LAST_MS ? life.marks.since : null;
  const turn = {
    workerId: life.id,
    claimId,
    slots,
    queues: QUEUES,
    names: NAMES,
    hooked: ["hook_done"],
    settle,
    holding: random.chance(0.5) ? holding : null,
    marks: since === null ? null : (life.marks?.value ?? null),
    maxTimeoutMs: 60_000,
    park: true,
    leave: life.held.size === 0,
    worker: { runtime: "race", host: null, deadlineAt: null, heartbeatMs: 300 },
  };
  const reply = await insist(race, () => store.turn(turn));
  life.settle = [];
  life.marks = { value: reply.marks, since: since ?? Date.now() };
  const verdicts = new Map(reply.verdicts.map((verdict) => [`${verdict.id}|${verdict.claimId}`, verdict.verdict]));
  for (const one of settle) {
    ledger.settle(one, verdicts.get(`${one.id}|${one.claimId}`) ?? "applied");
    life.held.delete(one.id);
  }
  hear(race, life, reply, claimId);
  if (reply.jobs.length > slots) ledger.violations.push("a turn claimed more than its slots");
  return reply.jobs.length;
}

function hear({ ledger }: Race, { held }: Life, reply: TurnReply, claimId: string): void {
  if (reply.replayed) ledger.count("turn replayed");
  ledger.count("set aside", reply.parked);
  for (const id of reply.gone) {
    ledger.count("gone");
    ledger.gone.add(`${id}|${held.get(id)?.claimId}`);
    held.delete(id);
  }
  for (const job of reply.jobs) {
    held.set(job.id, { job, claimId, cancelled: job.cancelRequested });
    if (job.cancelRequested) ledger.claimedToCancel.add(`${job.id}|${claimId}`);
    if (job.hook) ledger.count(`hook of ${job.hook}, try ${job.hookTries}`);
  }
  for (const id of reply.cancels) {
    const one = held.get(id);
    if (one) one.cancelled = true;
  }
}

function ending({ random }: Race, { job, claimId, cancelled }: Held): Settlement {
  if (random.chance(0.05)) return { id: job.id, claimId, outcome: "released", retryInMs: null, countsAsAttempt: false };
  if (job.hook) {
    const again = job.hookTries < HOOK_TRIES && random.chance(0.3);
    return {
      id: job.id,
      claimId,
      outcome: "hook_done",
      retryInMs: again ? random.below(2) * random.below(200) : null,
      countsAsAttempt: false,
    };
  }
  // A handler may come to its end before it hears of a cancel; one that starts after it does not run at all.
  const ended = job.cancelRequested || (cancelled && random.chance(0.7)) ? stop(job, claimId) : come(random, job, claimId);
  const hook = job.name === "hook_done" && (ended.outcome === "cancelled" || (ended.outcome === "errored" && ended.retryInMs === null));
  return hook ? { ...ended, hook: true } : ended;
}

const stop = (job: ClaimedJob, claimId: string) => settleCancelled(job, claimId, new Error("cancelled"), 100);

function come(random: Race["random"], job: ClaimedJob, claimId: string): Settlement {
  const dice = random.next();
  if (dice < 0.5) return settleSuccess(job, claimId, undefined);
  if (dice < 0.6) return settleSuccess(job, claimId, { v: random.below(100) });
  if (dice < 0.75)
    return settleDeferral(job, claimId, { delayMs: random.below(2) * random.below(200), countsAsAttempt: random.chance(0.5) });
  if (dice < 0.77) return stop(job, claimId);
  const delayMs = random.chance(0.5) ? 0 : random.below(300);
  return settleError(job, claimId, new Error("no"), { delayMs, final: random.chance(0.1), interrupted: random.chance(0.5), maxBytes: 100 });
}
