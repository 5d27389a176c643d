/**
 * Figures in a page of docs/: what stands between two marks is written by a program.
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";

/** Puts a text between `<!-- mark -->` and `<!-- end of mark -->`. */
export function fillPage(path: string, mark: string, text: string): void {
  const page = readFileSync(path, "utf8");
  const [start, end] = [`<!-- ${mark} -->`, `<!-- end of ${mark} -->`];
  const [before, after] = [page.indexOf(start), page.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`The page has no ${start} and ${end} after it.`);
  writeFileSync(path, `${page.slice(0, before)}${start}\n\n${text}\n\n${page.slice(after)}`);
}
