/**
 * What JSON, and Postgres's jsonb, can hold.
 * @module
 */
import { Problems, show } from "./problems.ts";

/** A value that JSON holds as it is. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Levels of lists and objects: beyond some thousands neither JavaScript nor Postgres reads them. */
export const DEEPEST = 200;

/**
 * Every value in it that JSON cannot hold, with its path; it looks for 20 and no more. A property that is undefined counts as absent.
 * Text with NUL or half a surrogate pair is among them: jsonb refuses it.
 */
export function findNonJson(value: unknown): Problems {
  const problems = new Problems();
  if (isJson(value, 0)) return problems;
  const above = new Set<object>();

  function visit(part: unknown, path: readonly (string | number)[]): void {
    if (problems.full) return;
    const message = typeof part === "object" && part !== null ? wrongObject(part, above) : wrongScalar(part);
    if (message) {
      problems.add(path, message);
      return;
    }
    if (typeof part !== "object" || part === null) return;
    above.add(part);
    if (Array.isArray(part)) {
      for (let index = 0; index < part.length; index++) visit(part[index], [...path, index]);
    } else {
      for (const [key, property] of Object.entries(part)) {
        if (property === undefined) continue;
        if (wrongText(key)) problems.add(path, `the key ${show(key)} ${wrongText(key)}`);
        visit(property, [...path, key]);
      }
    }
    above.delete(part);
  }

  visit(value, []);
  return problems;
}

/** Whether it can be stored as it is. A quick answer for nearly all values: what it is unsure of, `findNonJson` looks at closely. */
function isJson(value: unknown, depth: number): boolean {
  if (typeof value === "string") return wrongText(value) === undefined;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object") return typeof value === "boolean";
  if (value === null) return true;
  if (depth === DEEPEST) return false;
  if (Array.isArray(value)) return value.every((part) => isJson(part, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const key of Object.keys(value)) {
    const part = (value as Record<string, unknown>)[key];
    if (part !== undefined && (wrongText(key) !== undefined || !isJson(part, depth + 1))) return false;
  }
  return true;
}

/**
 * The first whole number in JSON that a JavaScript number cannot hold; undefined: there is none. `9007199254740993` would be read as another one, in silence.
 * A number that JavaScript itself has written, however large, is read as it was.
 */
export function inexactIn(json: string): string | undefined {
  // Hardly any text has so many digits in a row, and this is all that it costs.
  if (!/\d{16}/.test(json)) return undefined;
  for (const [part] of json.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g))
    if (/^-?\d{16,}$/.test(part) && String(Number(part)) !== part) return part;
  return undefined;
}

/** A copy without what lies deeper than this many levels, which plain SQL may have put in: nothing walks through it any more. */
export function cutDeep(value: JsonValue, levels = DEEPEST): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  if (levels === 0) return "…";
  if (Array.isArray(value)) return value.map((part: JsonValue) => cutDeep(part, levels - 1));
  return Object.fromEntries(Object.entries(value).map(([key, part]: [string, JsonValue]) => [key, cutDeep(part, levels - 1)]));
}

const UTF_8 = new TextEncoder();

/** Length in UTF-8. */
export function byteLength(text: string): number {
  return UTF_8.encode(text).length;
}

/** Whether the text is no longer than this in UTF-8; most texts are so short that they need not be measured. */
export function fitsBytes(text: string, maxBytes: number): boolean {
  return text.length * 3 <= maxBytes || (text.length <= maxBytes && byteLength(text) <= maxBytes);
}

/** The text without what jsonb refuses. */
export function cleanText(text: string): string {
  return text.replaceAll("\0", "").toWellFormed();
}

function wrongScalar(value: unknown): string | undefined {
  if (typeof value === "string") return wrongText(value);
  if (value === null || typeof value === "boolean" || Number.isFinite(value)) return undefined;
  return `is ${typeof value === "number" ? value : `of type ${typeof value}`}, which JSON cannot hold`;
}

/** What keeps a text from being stored. */
function wrongText(text: string): string | undefined {
  if (text.includes("\0")) return "holds the character NUL, which Postgres cannot store";
  return text.isWellFormed() ? undefined : "holds half a surrogate pair, which is not valid text";
}

function wrongObject(value: object, above: ReadonlySet<object>): string | undefined {
  if (above.has(value)) return "holds itself";
  if (above.size === DEEPEST) return `is more than ${DEEPEST} levels deep`;
  if (Array.isArray(value)) return undefined;
  const prototype: object | null = Object.getPrototypeOf(value);
  // By its name: objects of another realm are plain too.
  if (prototype === null || (Object.getPrototypeOf(prototype) === null && prototype.constructor?.name === "Object")) return undefined;
  return `is a ${value.constructor?.name || "class instance"}, which JSON cannot hold; pass text or a plain object`;
}
