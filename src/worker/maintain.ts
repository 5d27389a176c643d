/**
 * Housekeeping: expiry, retention and whatever else the database has as a duty, each alone.
 * @module
 */
import type { FailedDuty } from "../store/tick.ts";
import type { Worker } from "./worker.ts";

/** What housekeeping did. */
export interface Maintained {
  /** Jobs that waited past their expiry. */
  readonly expired: number;
  /** Duties that the database refused. */
  readonly failed: readonly FailedDuty[];
}

/** Rows of each kind that one round trip changes. */
const SLICE = 5_000;

/** Goes on until nothing is left to do or `mayGoOn` says no. What fails is logged, and left for the next time. */
export async function maintain<Env>(
  { store, logger }: Pick<Worker<Env>, "logger" | "store">,
  retentionDays: number,
  mayGoOn: () => boolean,
): Promise<Maintained> {
  let expired = 0;
  let failed: readonly FailedDuty[] = [];
  try {
    for (;;) {
      const reply = await store.maintain(retentionDays, SLICE);
      expired += reply.expired;
      failed = withFailures(failed, reply.failed);
      for (const duty of reply.failed) logger.warn("housekeeping failed", { ...duty });
      if (!reply.more || !mayGoOn()) return { expired, failed };
    }
  } catch (error) {
    logger.warn("housekeeping failed", { error });
    return { expired, failed };
  }
}

/** Failures of duties, each duty once: a duty that has failed is not due again at once, so that later replies do not name it. */
export function withFailures(known: readonly FailedDuty[], more: readonly FailedDuty[]): readonly FailedDuty[] {
  return [...new Map([...known, ...more].map((failure) => [failure.duty, failure])).values()];
}
