/**
 * When it matters that no consumer has been seen for a while: with a wake ledger, or a container that rests, nobody looks at an idle queue for hours.
 * @module
 */

/** A cron trigger of a minute has missed two ticks for certain. */
const SILENT_MS = 3 * 60_000;
/** Somebody looks every six hours, whatever is known to be due. */
const LONGEST_MS = 7 * 3_600_000;

export interface Pulse {
  /** Since a tick or a worker was last seen. */
  readonly lastSeenMs: number;
  /** For how long something has been due: a ready job, a scheduled one, a schedule. Undefined: nothing is. */
  readonly waitingMs: number | undefined;
}

/** Whether a consumer should have been seen since. */
export function isSilent({ lastSeenMs, waitingMs = 0 }: Pulse): boolean {
  return lastSeenMs > LONGEST_MS || Math.min(lastSeenMs, waitingMs) > SILENT_MS;
}
