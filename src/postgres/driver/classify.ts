/**
 * From whatever a client threw to what it means: did the statement happen, or may it have?
 * @module
 */
import { DriverError, type Failure } from "./errors.ts";

/** The connection was lost, or cut, at a time nobody can tell: class 08, statement completion unknown, shutdowns. */
const UNKNOWN_STATES = /^(08|40003|57P01|57P02|57P05|25P03)/;
/**
 * The server took no statement: could not connect, rejected, starting up, too many connections; or the session is of no use: in a transaction that has
 * failed, without what was prepared in it.
 */
const BEFORE_STATES = /^(08001|08004|57P03|53300|25P02|26000)/;
/** Where Postgres refuses a prepared statement because a table has changed since; its SQLSTATE says as little as "not supported". */
const STALE_PLAN = "RevalidateCachedQuery";
/** The failure may be the session's own, which keeps what its role, or the server, was when it began: read only, time-outs, memory. */
const SESSION_STATES = /^(25|53|57|58)/;
/** Errors of sockets, of fetch and of postgres.js that come before a request is sent. */
const BEFORE_CODES =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CONNECT_TIMEOUT|CONNECTION_ENDED)$/;
/** The same as messages without a code: Neon's proxy at a cold start, pg's pool, workerd. */
const BEFORE_WORDS =
  /failed to acquire permit|timeout exceeded when trying to connect|connection refused|ECONNREFUSED|ENOTFOUND|EAI_AGAIN/i;

/** What is known of a failure with this SQLSTATE. */
function failureOfState(sqlState: string): Failure {
  if (BEFORE_STATES.test(sqlState)) return "before";
  return UNKNOWN_STATES.test(sqlState) ? "unknown" : "definite";
}

/** Whether the next call should have another session: this one may be gone, or have gone bad. */
export function needsNewSession({ failure, sqlState = "" }: DriverError): boolean {
  return failure !== "definite" || SESSION_STATES.test(sqlState);
}

/** The driver's error for what a client threw. `secret` is left out of every message. */
export function toDriverError(thrown: unknown, secret = ""): DriverError {
  if (thrown instanceof DriverError) return thrown;
  const chain = causes(thrown);
  const texts = chain.map(messageOf);
  const hide = (text: string) => hideSecret(text, secret);
  const told = chain.find((error) => isSqlState(property(error, "code")) && property(error, "severity") !== undefined);
  if (told !== undefined) {
    const sqlState = String(property(told, "code"));
    const failure = property(told, "routine") === STALE_PLAN ? "before" : failureOfState(sqlState);
    const said = hide(messageOf(told));
    const message =
      failure === "definite"
        ? `The database refused the statement: ${said} (SQLSTATE ${sqlState})`
        : failure === "before"
          ? `The database takes no connection: ${said} (SQLSTATE ${sqlState})`
          : `The connection was lost, and the statement may have run: ${said} (SQLSTATE ${sqlState})`;
    return new DriverError(failure, message, {
      sqlState,
      // The latter is postgres.js's name for it.
      constraint: optionalText(told, "constraint") ?? optionalText(told, "constraint_name"),
      detail: optionalText(told, "detail"),
    });
  }
  const before = chain.some((error) => BEFORE_CODES.test(String(property(error, "code")))) || texts.some((text) => BEFORE_WORDS.test(text));
  const said = hide(texts.at(-1) || texts[0] || "no reason given");
  return before
    ? new DriverError("before", `The database cannot be reached: ${said}. Is it running?`)
    : new DriverError("unknown", `The database gave no answer, and the statement may have run: ${said}`);
}

/** The text without a connection string, nor the secret itself. */
function hideSecret(text: string, secret: string): string {
  const hidden = text.replace(/postgres(ql)?:\/\/[^\s"')]*/gi, "postgresql://…");
  return secret === "" ? hidden : hidden.replaceAll(secret, "…");
}

/** The error and what it names as its cause, outermost first. */
function causes(thrown: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let error = thrown; error !== undefined && error !== null && chain.length < 6; ) {
    chain.push(error);
    const many = property(error, "errors");
    error = property(error, "sourceError") ?? property(error, "cause") ?? (Array.isArray(many) ? many[0] : undefined);
  }
  return chain;
}

function isSqlState(code: unknown): boolean {
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code);
}

function messageOf(error: unknown): string {
  const message = property(error, "message");
  return typeof message === "string" && message !== "" ? message : String(property(error, "code") ?? error);
}

function optionalText(error: unknown, name: string): string | undefined {
  const value = property(error, name);
  return typeof value === "string" ? value : undefined;
}

/** A reply as JSON has null for what was not said. */
function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && name in value ? ((value as Record<string, unknown>)[name] ?? undefined) : undefined;
}
