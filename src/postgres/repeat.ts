/**
 * Sending a call again. Allowed for every verb of the store, because each may be repeated: a reply that was lost is
 * asked for once more, with the same parameters.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import { DriverError } from "./driver/errors.ts";

/** Attempts in all, the first one included. With the waits below they span about three seconds. */
const ATTEMPTS = 7;
const FIRST_WAIT_MS = 50;

/** A lock time-out: the call has already waited for somebody else's transaction for seconds, so it is sent four times in all. */
const LOCK_TIMEOUT = "55P03";
const LOCK_ATTEMPTS = 4;
/**
 * SQLSTATEs of statements that were rolled back only because of others: serialization failure, deadlock, lock time-out; and of a session that may be read
 * only because it is left over from before a failover.
 */
const TRANSIENT = new Set(["40001", "40P01", LOCK_TIMEOUT, "25006"]);

export interface RepeatOptions {
  readonly clock: Pick<Clock, "sleep">;
  /** From 0 to 1. Spreads the waits, so that many clients do not come back at once. */
  readonly random: () => number;
  /** Gives up when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/** Whether sending the same call again may help. */
function isTransient(error: unknown): error is DriverError {
  return error instanceof DriverError && (error.failure !== "definite" || TRANSIENT.has(error.sqlState ?? ""));
}

/**
 * Calls until an answer arrives or another attempt cannot help. `call` is given the failures before it.
 * @throws the last failure; where that says that nothing has happened, and an earlier one cannot tell, the earlier one
 */
export async function repeat<T>(
  call: (failures: readonly DriverError[]) => Promise<T>,
  { clock, random, signal }: RepeatOptions,
): Promise<T> {
  const failures: DriverError[] = [];
  for (;;) {
    try {
      return await call(failures);
    } catch (error) {
      if (!isTransient(error)) throw error;
      failures.push(error);
      const lockTimeouts = failures.filter(({ sqlState }) => sqlState === LOCK_TIMEOUT).length;
      const gaveUp = failures.findLast(({ failure }) => failure === "unknown") ?? error;
      if (failures.length === ATTEMPTS || lockTimeouts === LOCK_ATTEMPTS || signal?.aborted) throw gaveUp;
      await clock.sleep(FIRST_WAIT_MS * 2 ** (failures.length - 1) * (0.5 + random() / 2), signal);
      if (signal?.aborted) throw gaveUp;
    }
  }
}
