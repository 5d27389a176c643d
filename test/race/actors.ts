/**
 * Those who take part in the race: enqueuers, workers that crash and freeze, rescuers.
 * @module
 */

import type { NewJob } from "../../src/core/new-job.ts";
import type { Settlement } from "../../src/core/outcome.ts";
import type { Store } from "../../src/store/store.ts";
import type { Random } from "../support/random.ts";
import { newLook } from "../support/samples.ts";
import type { ChaosDriver } from "./chaos.ts";
import type { Ledger } from "./ledger.ts";

export interface Race {
  readonly store: Store;
  readonly driver: ChaosDriver;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly newId: () => string;
  /** `running`: everything goes wrong; `draining`: workers finish what is left, and nobody crashes. */
  phase: "running" | "draining";
}

export const QUEUES = ["a", "b", "c"] as const;
/** Every name but `unknown`, which no worker of the race can run. */
export const NAMES = ["plain", "keyed", "limited", "counted"] as const;
export const LIMIT = 3;
const STALE_MS = 1_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks until there is an answer: a client does not give up. */
async function insist<T>(race: Race, call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Error && "failure" in error && error.failure !== "definite")) throw error;
      race.ledger.count("asked again");
      await pause(race.random.below(10));
    }
  }
}

/** Enqueues single jobs and batches of every kind; now and then one that it has enqueued before. */
export async function enqueuer(race: Race): Promise<void> {
  const { random, ledger, store } = race;
  const recent: NewJob[] = [];
  while (race.phase === "running") {
    const jobs = Array.from({ length: random.pick([1, 1, 5, 20]) }, () => {
      const known = recent[random.below(recent.length)];
      if (known && random.chance(0.03)) return known;
      const job = makeJob(race);
      recent.push(job);
      if (recent.length > 300) recent.shift();
      return job;
    });
    const verdicts = await insist(race, () => store.enqueue(jobs));
    const request = store.enqueueStatement(jobs, false)[1][0];
    if (race.driver.copied.has(String(request))) for (const { id } of jobs) ledger.doubled.add(id);
    if (verdicts.length !== jobs.length) ledger.violations.push("an enqueue answered another number of jobs");
    verdicts.forEach((verdict, index) => {
      if (verdict.id !== jobs[index]?.id) ledger.violations.push("an enqueue answered out of order");
      ledger.tell(verdict.id, verdict.outcome);
    });
    await pause(random.below(60));
  }
}

function makeJob({ random, newId }: Race): NewJob {
  const kind = random.next();
  const job: NewJob = {
    id: newId(),
    name: "plain",
    queue: random.pick(QUEUES),
    priority: random.pick([0, 0, 0, 5, -3]),
    retries: random.below(3),
    timeoutMs: null,
    key: null,
    limit: null,
    runningLimit: null,
    idempotent: false,
    expect: null,
    delayMs: random.chance(0.15) ? random.below(800) : null,
    runAt: null,
    expiresMs: null,
    expiresAt: null,
    createdBy: null,
    payload: { n: random.below(1e6) },
    source: null,
    traceparent: null,
    tracestate: null,
  };
  if (kind < 0.3) return { ...job, name: "keyed", key: `k${random.below(20)}` };
  if (kind < 0.4) return { ...job, name: "limited", key: `l${random.below(4)}`, limit: LIMIT };
  if (kind < 0.45)
    return { ...job, name: "counted", key: `e${random.below(3)}`, expect: { pending: random.below(2), running: random.below(2) } };
  if (kind < 0.47) return { ...job, name: "unknown" };
  return job;
}

/** Claims, settles in every way there is, crashes with what it holds, and freezes until it is taken for dead. */
export async function worker(race: Race): Promise<string> {
  const { random, ledger, store, newId } = race;
  let id = newId();
  let held = new Map<string, string>();
  let settle: Settlement[] = [];
  for (let idle = 0; idle < 8; ) {
    if (race.phase === "running" && random.chance(0.004)) {
      ledger.count("worker crashed");
      id = newId();
      held = new Map();
      settle = [];
    }
    if (race.phase === "running" && random.chance(0.004)) {
      ledger.count("worker froze");
      await pause(1_500 + random.below(2_500));
    }
    const slots = random.pick([1, 3, 10, 20]);
    const claimId = newId();
    const turn = {
      workerId: id,
      claimId,
      slots,
      queues: QUEUES,
      names: NAMES,
      hooked: [],
      settle,
      holding: null,
      marks: null,
      fitsMs: 60_000,
      park: true,
      leave: held.size === 0,
      worker: { runtime: "race", host: null, deadlineAt: null, heartbeatMs: 300 },
    };
    const reply = await insist(race, () => store.turn(turn));
    const verdicts = new Map(reply.verdicts.map((verdict) => [`${verdict.id}|${verdict.claimId}`, verdict.verdict]));
    for (const one of settle) {
      ledger.settle(one.id, one.claimId, one.outcome, verdicts.get(`${one.id}|${one.claimId}`) ?? "applied");
      held.delete(one.id);
    }
    if (reply.jobs.length > slots) ledger.violations.push("a turn claimed more than its slots");
    if (reply.replayed) ledger.count("turn replayed");
    ledger.count("parked", reply.parked);
    for (const job of reply.jobs) held.set(job.id, claimId);
    settle = [];
    for (const [job, claim] of held) if (!random.chance(0.2)) settle.push(ending(random, job, claim));
    if (race.phase === "running") {
      await pause(random.below(reply.jobs.length > 0 ? 5 : 30));
    } else if (held.size === 0 && reply.jobs.length === 0) {
      idle++;
      await pause(120);
    } else {
      idle = 0;
    }
  }
  return id;
}

function ending(random: Random, id: string, claimId: string): Settlement {
  const dice = random.next();
  const plain: Settlement = { id, claimId, outcome: "successful", againMs: null, charge: true };
  if (dice < 0.6) return plain;
  if (dice < 0.7) return { ...plain, output: { v: random.below(100) } };
  const error = { name: "Error", message: "no" };
  if (dice < 0.78) return { ...plain, outcome: "errored", error };
  if (dice < 0.92) return { ...plain, outcome: "errored", error, againMs: random.chance(0.5) ? 0 : random.below(300) };
  return { ...plain, outcome: "released", charge: false };
}

/** Looks after dead workers, as every tick does. */
export async function rescuer(race: Race): Promise<void> {
  while (race.phase === "running") {
    const { lost } = await insist(race, () => race.store.look(newLook({ staleMs: STALE_MS, most: 50, queues: QUEUES })));
    race.ledger.count("lost", lost);
    await pause(200 + race.random.below(300));
  }
}
