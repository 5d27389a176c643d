/**
 * Whatever was thrown, as it is stored.
 * @module
 */
import { byteLength, cleanText } from "./json-value.ts";

/** An error as it is stored with a result. */
export interface SerializedError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

/** Name, message and stack of whatever was thrown, causes folded into the stack, within `maxBytes` of UTF-8. */
export function serializeError(thrown: unknown, maxBytes: number): SerializedError {
  try {
    return toPlain(thrown, maxBytes);
  } catch {
    return { name: "NonError", message: "Something was thrown that cannot even be read." };
  }
}

function toPlain(thrown: unknown, maxBytes: number): SerializedError {
  if (!(thrown instanceof Error)) {
    return { name: "NonError", message: cut(typeof thrown === "string" ? thrown : describe(thrown), maxBytes) };
  }
  const name = cut(String(thrown.name), 255);
  const message = cut(String(thrown.message), Math.floor(maxBytes / 2));
  const stack = cut(stackOf(thrown), maxBytes - byteLength(name) - byteLength(message));
  return { name, message, ...(stack === "" ? {} : { stack }) };
}

function describe(thrown: unknown): string {
  try {
    return JSON.stringify(thrown) ?? String(thrown);
  } catch {
    return String(thrown);
  }
}

function stackOf(error: Error, depth = 0): string {
  const own = typeof error.stack === "string" ? error.stack : "";
  if (!(error.cause instanceof Error) || depth === 5) return own;
  return `${own}\nCaused by: ${stackOf(error.cause, depth + 1)}`;
}

/** The longest start of the text that fits, cut between characters. */
function cut(text: string, maxBytes: number): string {
  const bytes = new TextEncoder().encode(cleanText(text));
  if (bytes.length <= maxBytes) return cleanText(text);
  return new TextDecoder().decode(bytes.subarray(0, Math.max(0, maxBytes)), { stream: true });
}
