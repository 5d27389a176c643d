/**
 * What a validator says, without the values that it was given: its messages go to logs, spans, stored errors and pages.
 * @module
 */

/** Where a message held a value. */
const HIDDEN = "…";
/** Leaves of a value that are looked for in a message, and levels that they are looked for in. */
const MOST_LEAVES = 1_000;
const DEEPEST = 20;

/** The fields by which valibot's issues tell more than Standard Schema asks for. */
interface KnownIssue {
  readonly message: string;
  readonly type?: unknown;
  readonly expected?: unknown;
  readonly received?: unknown;
}

/** The message of an issue about this value: the rule, and not what broke it. */
export function withoutValues(issue: KnownIssue, value: unknown): string {
  const { message, type, expected, received } = issue;
  // valibot repeats what it received, cut or quoted in ways that cannot be looked for.
  if (typeof received === "string" && typeof type === "string" && message.includes(received) && !KINDS.has(received))
    return typeof expected === "string" ? `does not fit ${type}: expected is ${expected}` : `does not fit ${type}`;
  return hideValues(message, value);
}

/** What valibot has for values that it does not repeat. */
const KINDS = new Set(["undefined", "null", "Object", "Array", "Date", "Function", "NaN", "Symbol", "Map", "Set"]);

/** A text in which no text or number within this value stands. */
export function hideValues(text: string, value: unknown): string {
  let hidden = text;
  for (const leaf of leavesOf(value)) {
    const written = JSON.stringify(leaf).slice(1, -1);
    for (const one of [leaf, written]) if (hidden.includes(one)) hidden = replaceWhole(hidden, one);
  }
  return hidden;
}

/** A short value may be a part of a word of the message's own. */
function replaceWhole(text: string, value: string): string {
  if (value.length >= 4) return text.replaceAll(value, HIDDEN);
  const pattern = value.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}])${pattern}(?![\\p{L}\\p{N}])`, "gu"), HIDDEN);
}

/** Texts and numbers within a value, the longest first, so that none is found in a part of another. */
function leavesOf(value: unknown): string[] {
  const found = new Set<string>();
  const visit = (part: unknown, depth: number): void => {
    if (found.size === MOST_LEAVES || depth === DEEPEST) return;
    if (typeof part === "string") found.add(part.trim());
    else if (typeof part === "number" || typeof part === "bigint") found.add(String(part));
    else if (typeof part === "object" && part !== null) for (const inner of Object.values(part)) visit(inner, depth + 1);
  };
  visit(value, 0);
  found.delete("");
  return [...found].sort((a, b) => b.length - a.length);
}
