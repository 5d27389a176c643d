/**
 * When it matters that no consumer has been seen for a while: with a wake ledger, or a container that rests, nobody looks at an idle queue for hours.
 * @module
 */

/** A cron trigger of a minute has missed two ticks for certain. */
const SILENT_MS = 3 * 60_000;
/** Somebody looks every six hours, whatever is known to be due. */
const LONGEST_MS = 7 * 3_600_000;

export interface Pulse {
  /** As a wake ledger says, when it starts somebody; null: nothing is due. Undefined: no ledger was asked. */
  readonly nextInMs?: number | null | undefined;
  /** Since a tick or a worker was last seen. */
  readonly lastSeenMs: number;
  /** For how long something has been due: a ready job, a scheduled one, a schedule. Undefined: nothing is. */
  readonly waitingMs: number | undefined;
}

/** Whether a consumer should have been seen since. */
export function isSilent({ lastSeenMs, waitingMs = 0, nextInMs }: Pulse): boolean {
  // A ledger knows of its own looks, however rare they are.
  if (nextInMs !== undefined) return Math.min(lastSeenMs, Math.max(waitingMs, -(nextInMs ?? 0))) > SILENT_MS;
  return lastSeenMs > LONGEST_MS || Math.min(lastSeenMs, waitingMs) > SILENT_MS;
}
