/**
 * Comparing and waiting, for checks that do not know their test runner.
 * @module
 */
import { systemClock } from "../app/system-clock.ts";

/** Throws with both sides unless they are the same as JSON, whatever the order of properties. */
export function equal(actual: unknown, expected: unknown): void {
  const [a, b] = [canonical(actual), canonical(expected)];
  if (a !== b) throw new Error(`expected ${b}, got ${a}`);
}

/** JSON with its properties in order. */
export function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, part: unknown) =>
      typeof part === "object" && part !== null && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort()) : part,
    ) ?? "undefined"
  );
}

/** Between two questions the cores belong to what is waited for. */
const BREATH_MS = 20;

/** Asks until the answer is as wanted. The test's own time limit ends it. */
export async function until<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    await systemClock.sleep(BREATH_MS);
  }
}
