/**
 * What a worker and its processes say to each other: plain JSON over the channel that Node gives a forked process. Handlers, and whatever they import, can
 * send on it too: so each task has a token that only this code knows, and what does not carry it is no answer.
 * @module
 */
import { type ErrorCode, MayflyError } from "../../src/base/errors.ts";
import { findNonJson, type JsonValue } from "../../src/base/json-value.ts";
import { factsOf, isErrorLike, type SerializedError, serializeError } from "../../src/base/serialize-error.ts";
import type { ClaimOf, Returned } from "../../src/worker/attempt.ts";

/** To a process. It runs one task at a time; when the channel closes, it ends. */
export type ToProcess =
  | { readonly type: "run"; readonly task: ClaimOf; readonly token: string }
  | { readonly type: "abort"; readonly code: ErrorCode; readonly message: string };

/** To the worker. */
export type ToWorker =
  | { readonly type: "ready" }
  | { readonly type: "failed"; readonly code: ErrorCode; readonly message: string }
  | { readonly type: "returned"; readonly token: string; readonly returned: Returned }
  /** It is to run no other task. Whoever forges it only has its own process replaced. */
  | { readonly type: "ending" }
  /** `last`: the process ends now. Without a token where no task has come yet. */
  | { readonly type: "threw"; readonly token?: string; readonly thrown: Thrown; readonly last?: boolean };

/** Whether it may be a message to the worker, whose `token` is still to be checked. */
export function isToWorker(message: unknown): message is ToWorker {
  if (typeof message !== "object" || message === null || !("type" in message)) return false;
  if (message.type === "failed") return "message" in message && typeof message.message === "string";
  return message.type === "ready" || message.type === "ending" || message.type === "returned" || message.type === "threw";
}

/** Whatever a handler threw, as far as JSON can tell: an error with its own plain properties, or a value. */
export type Thrown =
  | { readonly error: SerializedError; readonly facts: Readonly<Record<string, JsonValue>> }
  | { readonly value: JsonValue };

/** Bytes that cross for an error; what is stored of it is cut by the worker. */
const MAX_BYTES = 262_144;

export function encodeThrown(thrown: unknown): Thrown {
  try {
    if (isErrorLike(thrown)) return { error: serializeError(thrown, MAX_BYTES), facts: textsOf(factsOf(thrown)) };
  } catch {
    return { value: serializeError(thrown, MAX_BYTES).message };
  }
  const plain = thrown !== undefined && findNonJson(thrown).count === 0;
  return { value: plain ? (thrown as JsonValue) : serializeError(thrown, MAX_BYTES).message };
}

export function decodeThrown(thrown: Thrown): unknown {
  if ("value" in thrown) return thrown.value;
  const { error, facts } = thrown;
  const { code, ...others } = facts;
  const known = typeof code === "string" && (error.name === "MayflyError" || error.name === "DriverError");
  const decoded = known ? new MayflyError(code as ErrorCode, error.message) : Object.assign(new Error(error.message), code && { code });
  for (const [key, value] of Object.entries({ ...others, name: error.name, stack: error.stack ?? "" })) {
    Object.defineProperty(decoded, key, { value, configurable: true, writable: true, enumerable: key in others });
  }
  return decoded;
}

/** Of these `retry`, `code`, `status`, `retryAfter` and the like: what a retry delay may ask for. Text that Postgres cannot store is left out. */
function textsOf(facts: Readonly<Record<string, JsonValue>>): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => findNonJson(value).count === 0));
}
