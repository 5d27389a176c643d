/**
 * What a handler threw, without the values of properties that nobody is to read: before it is logged, stored, or made an event of a span.
 * @module
 */

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

/** The same error, whose messages and stacks hold none of these. */
export function hideSecrets(thrown: unknown, secrets: readonly string[], depth = 0): unknown {
  if (secrets.length === 0 || depth === MOST_CAUSES) return thrown;
  if (typeof thrown === "string") return hide(thrown, secrets);
  if (!(thrown instanceof Error)) return thrown;
  try {
    const { message, stack, cause } = thrown;
    thrown.message = hide(String(message), secrets);
    if (typeof stack === "string") thrown.stack = hide(stack, secrets);
    if (cause !== undefined) thrown.cause = hideSecrets(cause, secrets, depth + 1);
    if (thrown instanceof AggregateError) thrown.errors = thrown.errors.map((one: unknown) => hideSecrets(one, secrets, depth + 1));
    return thrown;
  } catch {
    // It lets nobody change it.
    return new Error("An error that cannot be changed held a value that is not to be read.");
  }
}

function hide(text: string, secrets: readonly string[]): string {
  return secrets.reduce(
    (hidden, secret) => hidden.replaceAll(secret, HIDDEN).replaceAll(JSON.stringify(secret).slice(1, -1), HIDDEN),
    text,
  );
}
