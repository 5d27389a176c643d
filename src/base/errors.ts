/**
 * The one error class of Mayfly. Tell errors apart by `code`, not by `instanceof`: a bundle may hold two copies
 * of a class, never two meanings of a code.
 * @module
 */

/** Stable names of everything Mayfly can refuse or fail at. A code is never renamed. */
export type ErrorCode =
  | "invalid_config"
  | "unknown_job"
  | "invalid_payload"
  | "payload_too_large"
  | "invalid_options"
  | "empty_batch"
  | "batch_too_large"
  | "contended"
  | "unguarded_transaction"
  | "already_committed"
  | "blocked"
  | "limited"
  | "schema_missing"
  | "schema_too_new"
  | "schema_differs"
  | "permission_denied"
  | "database_error"
  | "database_unreachable"
  | "database_reply_lost"
  | "job_timed_out"
  | "job_interrupted"
  | "job_cancelled"
  | "job_deferred_out"
  | "job_lost"
  | "claim_lost"
  | "command_failed"
  | "unknown_command"
  | "unauthorized"
  | "too_many_guesses"
  | "forbidden"
  | "not_found"
  | "invalid_json"
  | "body_too_large"
  | "method_not_allowed"
  | "idempotency_key_reused"
  | "no_answer"
  | "data_folder_locked"
  | "internal";

/** One thing that is wrong with an input, and where. */
export interface Problem {
  /** Where it is, from the root of what was passed in: `["jobs", 2, "payload", "userId"]`. Empty: the whole. */
  readonly path: readonly (string | number)[];
  /** What is wrong there, as a sentence without the path. */
  readonly message: string;
}

export interface MayflyErrorOptions {
  /** The error underneath, if there is one. */
  readonly cause?: unknown;
  /** Everything wrong with the input, all at once. */
  readonly problems?: readonly Problem[];
  /** The HTTP status of the answer that carried this error, if it came over the API. */
  readonly status?: number;
}

/** Base of every error that Mayfly throws. Messages say what happened, with which value, and what to do. */
export class MayflyError extends Error {
  override readonly name: string = "MayflyError";
  readonly code: ErrorCode;
  readonly problems: readonly Problem[];
  declare readonly status?: number;
  /**
   * The error as a response of RFC 9457, which Hono asks for by itself: a payload that does not fit is answered with 422, not with 500. In programs that have
   * called `createMayfly`; elsewhere it is absent, so that clients stay small.
   */
  declare readonly getResponse?: () => Response;

  constructor(code: ErrorCode, message: string, options: MayflyErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.problems = options.problems ?? [];
    if (options.status !== undefined) this.status = options.status;
  }
}

/** Whether `error` is a Mayfly error, of this code if one is given; safe across duplicated bundles. */
export function isMayflyError(error: unknown, code?: ErrorCode): error is MayflyError {
  if (!(error instanceof Error) || !("code" in error) || !("problems" in error)) return false;
  return code === undefined || error.code === code;
}
