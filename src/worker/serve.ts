/**
 * What a container runs: the turn loop of a tick without its end, and at the same time, also while jobs run, checks of the queue and housekeeping.
 * @module
 */
import { backOff } from "../base/back-off.ts";
import type { OpenBudget } from "./budget.ts";
import { type CheckOptions, checkQueue, type QueueCheck } from "./check-queue.ts";
import { maintain } from "./maintain.ts";
import { mayPass } from "./may-pass.ts";
import { outageGrace } from "./outage-grace.ts";
import { drainAsPair } from "./pair.ts";
import type { PollStrategy } from "./poll-strategy.ts";
import type { Worker } from "./worker.ts";

export interface ServeOptions extends CheckOptions, PollStrategy {
  /** Results older than this are removed. */
  readonly retentionDays: number;
  /** How long a database that cannot be reached is tried at the start, in milliseconds. */
  readonly connectForMs: number;
  /** Called after every check of the queue. */
  onCheck(check: QueueCheck): void;
}

/** Checks are at most so far apart; closer where workers are declared dead sooner. */
const CHECK_MS = 30_000;
/** The same while the worker rests: a look without a cause. */
const SAFETY_MS = 6 * 3_600_000;
/** Between tries to reach the database at the start, and between checks that failed. */
const RETRY_MS = { first: 500, max: 10_000 };

/**
 * Runs jobs until the budget has been given an end, and what was claimed is settled by then. While it lives, no failure of the database ends it.
 * @throws what the first check failed with, when it is of a kind that does not pass, or `connectForMs` have passed
 */
export async function serve<Env>(worker: Worker<Env> & { readonly budget: OpenBudget }, options: ServeOptions): Promise<void> {
  const over = new AbortController();
  const first = await firstCheck(worker, options);
  if (!first) return;
  const checking = keepChecking(worker, options, first, over.signal);
  try {
    await drainAsPair(worker, options);
  } finally {
    over.abort();
    await checking;
  }
}

/** Undefined: the end came before an answer. */
async function firstCheck<Env>(worker: Worker<Env>, options: ServeOptions): Promise<QueueCheck | undefined> {
  const { budget, clock, logger } = worker;
  const giveUpAt = clock.now() + options.connectForMs;
  const retry = backOff(clock, RETRY_MS);
  while (budget.mayClaim()) {
    try {
      return await checkQueue(worker, options);
    } catch (error) {
      if (!mayPass(error) || clock.now() >= giveUpAt) throw error;
      logger.warn("the database cannot be reached yet", { reason: error.message });
      await options.wakeSignal.wait(clock, retry.next());
    }
  }
  return undefined;
}

/** Checks when a schedule is due, and regularly. A check that finds work wakes the worker. */
async function keepChecking<Env>(worker: Worker<Env>, options: ServeOptions, first: QueueCheck, signal: AbortSignal): Promise<void> {
  const { clock, heartbeat, logger } = worker;
  const regularMs = Math.min(CHECK_MS, heartbeat.timeoutMs / 3);
  const grace = outageGrace(clock, heartbeat.timeoutMs);
  const retry = backOff(clock, RETRY_MS);

  let checkedAt = clock.now();
  let untilFire = first.untilFire;

  /** Answers how long to wait for the next check. */
  const take = (check: QueueCheck): number => {
    checkedAt = clock.now();
    untilFire = check.untilFire;
    options.onCheck(check);
    if (check.ready) options.wakeSignal.wake();
    return check.more ? 0 : Math.max(0, Math.min(regularMs, untilFire()));
  };
  /** Nothing calls for a check. */
  const mayRest = () => options.resting() && untilFire() > 0 && clock.now() - checkedAt < SAFETY_MS;

  let waitMs = take(first);
  for (;;) {
    await clock.sleep(waitMs, signal);
    if (signal.aborted) return;
    if (mayRest()) {
      waitMs = Math.min(regularMs, untilFire());
      continue;
    }
    try {
      const check = await checkQueue(worker, { ...options, graceMs: grace.ms() }, { signal });
      grace.answered();
      retry.reset();
      waitMs = take(check);
      if (check.maintenanceDue) await maintain(worker, options.retentionDays, () => !signal.aborted);
    } catch (error) {
      if (signal.aborted) return;
      grace.failed();
      waitMs = retry.next();
      logger.warn("a check of the queue failed", { error });
    }
  }
}
