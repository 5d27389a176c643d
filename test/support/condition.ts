/**
 * Waiting for what another process does.
 * @module
 */
import { existsSync, readFileSync } from "node:fs";

/** Asks until the answer is there. Each question takes a moment by itself: it goes to a database, a server or a file. */
export async function until<T>(ask: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await new Promise(setImmediate);
  }
}

/** The lines of a file; none while it is not there. */
export function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
}
