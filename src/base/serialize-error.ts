/**
 * Whatever was thrown, as it is stored.
 * @module
 */
import { byteLength, cleanText } from "./json-value.ts";

/** An error as it is stored with a result. */
export interface SerializedError {
  readonly name: string;
  readonly message: string;
  /** With the error's own plain properties, its cause and the errors that it stands for. */
  readonly stack?: string;
}

/** What is read of an error, whichever realm made it. */
interface ErrorLike {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly stack?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

/** The most errors that are stored with one: its causes, and the errors it stands for, together. */
const MOST_TOLD = 10;
/** Of an error that stands for many, so many are named in its message. */
const MOST_NAMED = 3;
/** Told elsewhere than among an error's properties. */
const NO_FACTS = new Set(["name", "message", "stack", "cause", "errors"]);

/**
 * Name, message and stack of whatever was thrown, within `maxBytes` of UTF-8. Its plain properties (`code`, `status`), its cause whatever that is, and the
 * errors of an `AggregateError` are folded into the stack; the message of an error that stands for others names them.
 */
export function serializeError(thrown: unknown, maxBytes: number): SerializedError {
  try {
    return toPlain(thrown, maxBytes);
  } catch {
    return { name: "NonError", message: "Something was thrown that cannot even be read." };
  }
}

/** Whether it is an error, also one of another realm: of a `vm` context, a test runner, a frame. */
export function isErrorLike(thrown: unknown): thrown is ErrorLike {
  if (thrown instanceof Error) return true;
  if (typeof thrown !== "object" || thrown === null) return false;
  if (Object.prototype.toString.call(thrown) === "[object Error]") return true;
  return "message" in thrown && typeof thrown.message === "string" && "stack" in thrown && typeof thrown.stack === "string";
}

/** Its own properties that are text, numbers or booleans, such as `code` and `status`. What cannot be read is left out. */
export function factsOf(error: ErrorLike): Readonly<Record<string, string | number | boolean>> {
  const facts: Record<string, string | number | boolean> = {};
  for (const key of Object.keys(error)) {
    const value = NO_FACTS.has(key) ? undefined : read(error, key);
    if (typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)) facts[key] = value as string | number | boolean;
  }
  return facts;
}

function toPlain(thrown: unknown, maxBytes: number): SerializedError {
  if (!isErrorLike(thrown)) return { name: "NonError", message: cut(describe(thrown), maxBytes) };
  const name = cut(String(thrown.name), 255);
  const message = cut(messageOf(thrown), Math.floor(maxBytes / 2));
  const stack = cut(stackOf(thrown, { told: 0 }), maxBytes - byteLength(name) - byteLength(message));
  return { name, message, ...(stack === "" ? {} : { stack }) };
}

function describe(thrown: unknown): string {
  if (typeof thrown === "string") return thrown;
  try {
    return JSON.stringify(thrown) ?? String(thrown);
  } catch {
    return String(thrown);
  }
}

function messageOf(error: ErrorLike): string {
  const own = String(error.message ?? "");
  const errors = errorsOf(error);
  if (errors.length === 0) return own;
  const named = errors.slice(0, MOST_NAMED).map((one) => (isErrorLike(one) ? String(one.message || one.name) : describe(one)));
  const more = errors.length - named.length;
  return `${own || String(error.name)}: ${named.join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}

/** `count`: of what was told already, so that an error that stands for others of its kind comes to an end. */
function stackOf(error: unknown, count: { told: number }): string {
  if (!isErrorLike(error)) return describe(error);
  const stack = typeof error.stack === "string" ? error.stack : "";
  const facts = factsOf(error);
  const told = Object.keys(facts).length > 0 ? `\n    ${JSON.stringify(facts)}` : "";
  // What has crossed from another process has them in its stack already.
  const parts = [stack.includes(told) ? stack : stack + told];
  const follow = (what: string, next: unknown) => {
    if (count.told++ < MOST_TOLD) parts.push(`${what}: ${stackOf(next, count)}`);
  };
  const cause = read(error, "cause");
  if (cause !== undefined && cause !== null) follow("Caused by", cause);
  for (const one of errorsOf(error)) follow("Stands for", one);
  return parts.join("\n");
}

function errorsOf(error: ErrorLike): readonly unknown[] {
  const errors = read(error, "errors");
  return Array.isArray(errors) ? errors : [];
}

function read(error: ErrorLike, key: string): unknown {
  try {
    return (error as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** The longest start of the text that fits, cut between characters. */
function cut(text: string, maxBytes: number): string {
  const bytes = new TextEncoder().encode(cleanText(text));
  if (bytes.length <= maxBytes) return cleanText(text);
  return new TextDecoder().decode(bytes.subarray(0, Math.max(0, maxBytes)), { stream: true });
}
