/**
 * Waiting for what another process does.
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** Between two questions the cores belong to what is waited for. */
const BREATH_MS = 20;

/** Asks until the answer is there. */
export async function until<T>(ask: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await pause(BREATH_MS);
  }
}

/** The lines of a file; none while it is not there. */
export function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
}
