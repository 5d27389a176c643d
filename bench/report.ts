/**
 * Fills the tables of bench/README.md from what runs have left in bench/results: `node bench/report.ts`.
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newestOf, type Results, readResults, type ServerKind } from "./results.ts";
import { scenarioTable, targetsTable } from "./tables.ts";
import { targets } from "./targets.ts";

const SERVERS: Readonly<Record<string, ServerKind>> = { "Postgres 18": "embedded", "Debian's Postgres 15": "debian" };

/** The page with its tables filled from these runs; what stands between the marks is replaced. */
export function fillTables(page: string, runs: readonly Results[]): string {
  const newest = Object.entries(SERVERS).map(([name, kind]) => ({ name, ...newestOf(runs, kind) }));
  const measured = newest.filter(({ scenarios }) => scenarios.length > 0);
  const figures = measured.map(
    ({ name, scenarios, from }) =>
      `#### ${name}\n\n${from.map(origin).join("\n")}\n\n${scenarios.map((found) => `\`${found.scenario}\`\n\n${scenarioTable(found)}`).join("\n\n")}`,
  );
  const filled = fill(page, "targets", targetsTable(targets, Object.fromEntries(newest.map(({ name, scenarios }) => [name, scenarios]))));
  return fill(filled, "figures", figures.length > 0 ? figures.join("\n\n") : "None are kept yet.");
}

function origin({ startedAt, machine, postgres, rounds }: Results): string {
  const { server_version, ...settings } = postgres;
  const set = Object.entries(settings).map(([name, value]) => `\`${name} = ${value}\``);
  const where = `${machine.processor ?? "an unknown processor"}, ${machine.cores} cores, ${machine.memoryGiB} GiB`;
  return `- ${startedAt.slice(0, 16).replace("T", " ")}, ${rounds} rounds, Postgres ${server_version} with ${set.join(", ")}, on ${where}.`;
}

function fill(page: string, name: string, text: string): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const [before, after] = [page.indexOf(start), page.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`The page has no ${start} and ${end} after it.`);
  return `${page.slice(0, before)}${start}\n\n${text}\n\n${page.slice(after)}`;
}

if (import.meta.main) {
  const readme = join(import.meta.dirname, "README.md");
  writeFileSync(readme, fillTables(readFileSync(readme, "utf8"), readResults(join(import.meta.dirname, "results"))));
}
