/**
 * What the command answers: for programs, or for people.
 * @module
 */
import { inspect } from "node:util";
import { isMayflyError } from "../base/errors.ts";
import { printable } from "../base/printable.ts";

/** The data as JSON, else the text; names in it, which producers choose, cannot steer the terminal. */
export function print(json: boolean | undefined, data: unknown, text: string): void {
  process.stdout.write(`${printable(json ? JSON.stringify(data) : text, "\n")}\n`);
}

/** Says on stderr what went wrong. What users can mend is told in a sentence; anything else is a fault of ours and needs its stack. */
export function printError(error: unknown): void {
  console.error(printable(withoutPassword(isMayflyError(error) ? `mayfly: ${error.message}` : inspect(error)), "\n\t"));
}

/** Rows under their headings, in columns as wide as they need; numbers to the right. No cell breaks its line. */
export function table(headings: readonly string[], cells: readonly (readonly (string | number)[])[]): string {
  const rows = cells.map((row) => row.map((cell) => (typeof cell === "string" ? printable(cell) : cell)));
  const widths = headings.map((heading, column) => Math.max(heading.length, ...rows.map((row) => String(row[column]).length)));
  const line = (cells: readonly (string | number)[], numbers: readonly (string | number)[]) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return typeof numbers[column] === "number" ? String(cell).padStart(width) : String(cell).padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return [line(headings, rows[0] ?? []), ...rows.map((row) => line(row, row))].join("\n");
}

/** `3 jobs`, `1 job`. */
export function many(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

/** Without the password of a connection string, which a configuration or a handler may put into its errors. */
export function withoutPassword(text: string): string {
  return text.replace(/(postgres(?:ql)?:\/\/[^\s:@/]*:)[^\s@]*@/gi, "$1…@");
}
