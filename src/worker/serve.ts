/**
 * What a container runs: the turn loop of a tick without its end, and beside it, also while jobs run, the looks.
 * @module
 */
import { isMayflyError } from "../base/errors.ts";
import type { OpenBudget } from "./budget.ts";
import { drain } from "./drain.ts";
import { createGrace } from "./grace.ts";
import { type Looked, type LookOptions, look, maintain } from "./look.ts";
import type { Vigil } from "./vigil.ts";
import type { Worker } from "./worker.ts";

export interface ServeOptions extends LookOptions, Vigil {
  /** How long a database that cannot be reached is tried at the start, in milliseconds. */
  readonly connectForMs: number;
  /** Told after every look. */
  onLook(seen: Looked): void;
}

/** Looks are at most so far apart; more often where workers are declared dead sooner. */
const LOOK_MS = 30_000;
/** Between tries to reach the database at the start, and between looks that failed. */
const RETRY_MS = { least: 500, most: 10_000 };

/**
 * Runs jobs until the budget has been given an end, and what was claimed is settled by then. While it lives, no failure of the database ends it.
 * @throws what the first look failed with, when it is of a kind that does not pass, or `connectForMs` have passed
 */
export async function serve<Env>(worker: Worker<Env> & { readonly budget: OpenBudget }, options: ServeOptions): Promise<void> {
  const over = new AbortController();
  const first = await firstLook(worker, options);
  if (!first) return;
  const looking = keepLooking(worker, options, first, over.signal);
  try {
    await drain(worker, { park: true, waitMs: Number.POSITIVE_INFINITY, vigil: options });
  } finally {
    over.abort();
    await looking;
  }
}

/** Undefined: the end came before an answer. */
async function firstLook<Env>(worker: Worker<Env>, options: ServeOptions): Promise<Looked | undefined> {
  const { budget, clock, logger } = worker;
  const giveUpAt = clock.now() + options.connectForMs;
  for (let waitMs = RETRY_MS.least; budget.mayClaim(); waitMs = Math.min(2 * waitMs, RETRY_MS.most)) {
    try {
      return await look(worker, options);
    } catch (error) {
      if (!mayPass(error) || clock.now() >= giveUpAt) throw error;
      logger.warn("the database cannot be reached yet", { reason: error.message });
      await options.bell.untilRung(clock, waitMs);
    }
  }
  return undefined;
}

/** Whether the database may be reached later. It will not with a wrong password, or where there is no such database. */
export function mayPass(error: unknown): error is Error {
  const unanswered = isMayflyError(error, "database_unreachable") || isMayflyError(error, "database_reply_lost");
  const refused = unanswered && "sqlState" in error && typeof error.sqlState === "string" && /^(28|3D)/.test(error.sqlState);
  return unanswered && !refused;
}

/** Looks when a schedule is due, and regularly. A look that finds work rings the bell. */
async function keepLooking<Env>(worker: Worker<Env>, options: ServeOptions, first: Looked, signal: AbortSignal): Promise<void> {
  const { clock, heartbeat, logger } = worker;
  const regularMs = Math.min(LOOK_MS, heartbeat.timeoutMs / 3);
  const grace = createGrace(clock, heartbeat.timeoutMs);
  let waitMs = 0;
  const take = (seen: Looked) => {
    options.onLook(seen);
    if (seen.ready) options.bell.ring();
    waitMs = seen.more ? 0 : Math.max(0, Math.min(regularMs, seen.untilFire()));
  };
  take(first);
  for (;;) {
    await clock.sleep(waitMs, signal);
    if (signal.aborted) return;
    try {
      const seen = await look(worker, { ...options, graceMs: grace.ms() }, { signal });
      grace.answered();
      take(seen);
      if (seen.maintenanceDue) await maintain(worker, options.retentionDays, () => !signal.aborted);
    } catch (error) {
      if (signal.aborted) return;
      grace.failed();
      waitMs = Math.max(RETRY_MS.least, Math.min(waitMs * 2, RETRY_MS.most));
      logger.warn("a look failed", { error });
    }
  }
}
