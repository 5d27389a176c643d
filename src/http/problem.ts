/**
 * Errors on the wire: RFC 9457 problem details, with Mayfly's stable `code`.
 * @module
 */
import { type ErrorCode, isMayflyError, MayflyError, type Problem } from "../base/errors.ts";
import { SECURITY_HEADERS } from "./headers.ts";

/** The body of every error. `type` is about:blank: the code tells what happened, the status how to treat it. */
export interface ProblemDetails {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  /** Everything wrong with the request, where it was checked. */
  readonly problems?: readonly Problem[];
}

const STATUS: Partial<Record<ErrorCode, number>> = {
  invalid_json: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  already_committed: 409,
  blocked: 409,
  limited: 409,
  contended: 409,
  body_too_large: 413,
  payload_too_large: 413,
  batch_too_large: 413,
  unknown_job: 422,
  invalid_payload: 422,
  invalid_options: 422,
  empty_batch: 422,
  idempotency_key_reused: 422,
  too_many_guesses: 429,
  schema_missing: 503,
  database_unreachable: 503,
  database_reply_lost: 503,
};

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  413: "Content too large",
  422: "Unprocessable content",
  429: "Too many requests",
  500: "Internal error",
  503: "Service unavailable",
};

/** Said instead of the error's own message, which may name hosts. */
const OUTSIDE: Partial<Record<ErrorCode, string>> = {
  database_unreachable: "The database cannot be reached. Nothing was done; try again.",
  database_reply_lost: "The database gave no answer. Ask again with the same ids: what was done is not done twice.",
};

/** The response for an error. What is not Mayfly's own, or says too much of the inside, is told as `internal`. */
export function problemResponse(error: unknown, more: Readonly<Record<string, string>> = {}): Response {
  const known = isMayflyError(error) && STATUS[error.code] !== undefined;
  const told = known ? error : new MayflyError("internal", "Something went wrong on the server. Its log says what.");
  const status = STATUS[told.code] ?? 500;
  const body: ProblemDetails = {
    type: "about:blank",
    title: TITLES[status] ?? "Error",
    status,
    detail: OUTSIDE[told.code] ?? told.message,
    code: told.code,
    ...(told.problems.length > 0 ? { problems: told.problems } : {}),
  };
  const headers = new Headers({ ...SECURITY_HEADERS, ...more, "content-type": "application/problem+json" });
  if (status === 401) headers.set("www-authenticate", 'Bearer realm="mayfly"');
  if (status === 429) headers.set("retry-after", "900");
  if (status === 503) headers.set("retry-after", "5");
  return new Response(JSON.stringify(body), { status, headers });
}

/** What another API said of this program's token: no business of who asks this program. */
const OF_A_TOKEN: readonly ErrorCode[] = ["unauthorized", "forbidden", "too_many_guesses"];

/** Gives every Mayfly error `getResponse`, by which Hono answers in place of its own 500. */
export function letErrorsAnswer(): void {
  function getResponse(this: MayflyError): Response {
    return problemResponse(this.status !== undefined && OF_A_TOKEN.includes(this.code) ? undefined : this);
  }
  Object.defineProperty(MayflyError.prototype, "getResponse", { value: getResponse, configurable: true, writable: true });
}
