/**
 * What the command answers: for programs, or for people.
 * @module
 */
import { inspect } from "node:util";
import { isMayflyError } from "../base/errors.ts";

/** The data as JSON, else the text. */
export function print(json: boolean | undefined, data: unknown, text: string): void {
  process.stdout.write(`${json ? JSON.stringify(data) : text}\n`);
}

/** Says on stderr what went wrong. What users can mend is told in a sentence; anything else is a fault of ours and needs its stack. */
export function printError(error: unknown): void {
  console.error(withoutPassword(isMayflyError(error) ? `mayfly: ${error.message}` : inspect(error)));
}

/** Rows under their headings, in columns as wide as they need; numbers to the right. */
export function table(headings: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
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
