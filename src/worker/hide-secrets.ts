/**
 * What a handler threw, without the values of properties that nobody is to read: before it is logged, stored, or made an event of a span.
 * @module
 */
import { isErrorLike } from "../base/serialize-error.ts";

const HIDDEN = "•••";
const DEEPEST = 20;
/** Causes of causes. */
const MOST_CAUSES = 10;

/** The values of properties of these names, in lower case, within a payload: texts and numbers that can be told from others. */
export function secretsOf(payload: unknown, names: ReadonlySet<string>): string[] {
  const found = new Set<string>();
  const visit = (part: unknown, secret: boolean, depth: number): void => {
    if (depth === DEEPEST || part === null) return;
    if (typeof part === "object")
      for (const [name, inner] of Object.entries(part)) visit(inner, secret || names.has(name.toLowerCase()), depth + 1);
    else if (secret && (typeof part === "string" || typeof part === "number")) found.add(String(part));
  };
  if (names.size > 0) visit(payload, false, 0);
  return [...found].filter((value) => value.trim().length >= 3).sort((a, b) => b.length - a.length);
}

/** The same, whose messages, stacks and plain properties hold none of these. */
export function hideSecrets(thrown: unknown, secrets: readonly string[], depth = 0): unknown {
  if (secrets.length === 0) return thrown;
  if (depth === MOST_CAUSES) return undefined;
  try {
    if (typeof thrown !== "object" || thrown === null) return typeof thrown === "string" ? hide(thrown, secrets) : thrown;
    if (!isErrorLike(thrown)) return hideInPlain(thrown, secrets);
    const error = thrown as Record<string, unknown>;
    for (const key of new Set(["message", "stack", ...Object.keys(error)])) {
      const value = error[key];
      if (typeof value === "string") error[key] = hide(value, secrets);
      else if (typeof value === "number" && secrets.includes(String(value))) error[key] = HIDDEN;
    }
    if (error.cause !== undefined) error.cause = hideSecrets(error.cause, secrets, depth + 1);
    if (Array.isArray(error.errors)) error.errors = error.errors.map((one: unknown) => hideSecrets(one, secrets, depth + 1));
    return thrown;
  } catch {
    // It lets nobody change it.
    return new Error("An error that cannot be changed held a value that is not to be read.");
  }
}

/** Whatever else was thrown is told as JSON. */
function hideInPlain(thrown: object, secrets: readonly string[]): unknown {
  const json = JSON.stringify(thrown) ?? "";
  const hidden = hide(json, secrets);
  return hidden === json ? thrown : hidden;
}

function hide(text: string, secrets: readonly string[]): string {
  return secrets.reduce(
    (hidden, secret) => hidden.replaceAll(secret, HIDDEN).replaceAll(JSON.stringify(secret).slice(1, -1), HIDDEN),
    text,
  );
}
