/**
 * What runs of the benchmarks have left in `bench/results/`.
 * @module
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CaseResult } from "./summary.ts";

/** Which Postgres: the one of the npm package, or Debian's. */
export type ServerKind = "embedded" | "debian";

export interface ScenarioResult {
  readonly scenario: string;
  readonly cases: readonly CaseResult[];
}

/** A run of some scenarios, as it is kept. */
export interface Results {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly server: ServerKind;
  readonly machine: { readonly processor?: string | undefined; readonly cores: number; readonly memoryGiB: number };
  readonly postgres: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly scale: number;
  readonly scenarios: readonly ScenarioResult[];
}

/** All runs that were kept, the newest first. */
export function readResults(folder: string): Results[] {
  return (existsSync(folder) ? readdirSync(folder) : [])
    .filter((file) => file.endsWith(".json"))
    .map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as Results)
    .sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}

/** Of each case the newest full-scale measurement on that server, and the runs that they are from; in the order in which scenarios were met. */
export function newestOf(runs: readonly Results[], server: ServerKind): { readonly scenarios: ScenarioResult[]; readonly from: Results[] } {
  const scenarios = new Map<string, Map<string, CaseResult>>();
  const from = new Set<Results>();
  for (const run of runs.filter((one) => one.server === server && one.scale === 1)) {
    for (const { scenario, cases } of run.scenarios) {
      const known = scenarios.get(scenario) ?? new Map<string, CaseResult>();
      scenarios.set(scenario, known);
      for (const found of cases) {
        if (known.has(found.case)) continue;
        known.set(found.case, found);
        from.add(run);
      }
    }
  }
  return { scenarios: [...scenarios].map(([scenario, cases]) => ({ scenario, cases: [...cases.values()] })), from: [...from] };
}
