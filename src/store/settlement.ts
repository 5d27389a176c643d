/**
 * The end of an attempt, as the store takes it.
 * @module
 */
import type { JsonValue } from "../base/json-value.ts";
import type { SerializedError } from "../base/serialize-error.ts";

/** The end of an attempt. `released`: given back as if it had never been claimed. `hook_done`: not the job but its hook has ended. */
export interface Settlement {
  readonly id: string;
  readonly claimId: string;
  readonly outcome: "successful" | "errored" | "cancelled" | "lost" | "deferred" | "released" | "hook_done";
  /** The job, or the hook, runs again this many milliseconds from now; null: this was its last attempt. */
  readonly retryInMs: number | null;
  /** The attempt counts. */
  readonly countsAsAttempt: boolean;
  /** The handler has a hook for this, which is to be run before anything else. */
  readonly hasHook?: boolean;
  readonly error?: SerializedError;
  readonly output?: JsonValue;
}
