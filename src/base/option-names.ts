/**
 * Names of options, which JavaScript does not check: one that is misspelt would do nothing, in silence.
 * @module
 */
import type { Problems } from "./problems.ts";

/** Adds a problem for each name that is none of the known ones, with the one that was probably meant. */
export function checkNames(given: object, known: readonly string[], problems: Problems, at: readonly (string | number)[] = []): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const meant = known.find((one) => isNear(name.toLowerCase(), one.toLowerCase()));
    // All names once: an answer must not grow with its mistakes.
    const others = problems.count === 0 ? `; there are ${known.join(", ")}` : "";
    problems.add([...at, name], `is not an option${meant === undefined ? others : `; did you mean ${meant}?`}`);
  }
}

/** Whether one is the other but for a letter more, less or other, two letters that have changed places, or the end. */
function isNear(given: string, known: string): boolean {
  let start = 0;
  while (start < given.length && given[start] === known[start]) start++;
  const [a, b] = [given.slice(start), known.slice(start)];
  const isSwapped = a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2);
  return a.slice(1) === b || a === b.slice(1) || a.slice(1) === b.slice(1) || isSwapped || (start > 2 && (a === "" || b === ""));
}
