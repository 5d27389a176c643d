/**
 * Many seeds, one after the other, up to the first that fails.
 * @module
 */
import type { SimulationDatabase } from "../../src/testing/simulation/embedded-database.ts";
import { type FaultCounts, NO_FAULTS } from "../../src/testing/simulation/faults.ts";
import { type SimulationOptions, type SimulationReport, simulate } from "../../src/testing/simulation/simulate.ts";

export interface SeedsOptions {
  readonly database: SimulationDatabase;
  /** Made anew for each seed. */
  application(seed: number): SimulationOptions<undefined>;
  readonly from: number;
  readonly seeds: number;
}

/** Added up. */
export interface SeedsReport {
  readonly seeds: number;
  readonly jobs: number;
  readonly attempts: number;
  readonly statements: number;
  readonly faults: FaultCounts;
  /** The first that broke a promise. */
  readonly failed: SimulationReport | undefined;
}

export async function simulateSeeds({ database, application, from, seeds }: SeedsOptions): Promise<SeedsReport> {
  const total = { seeds: 0, jobs: 0, attempts: 0, statements: 0 };
  const faults: FaultCounts = { ...NO_FAULTS };
  for (let seed = from; seed < from + seeds; seed++) {
    const report = await simulate({ ...application(seed), database });
    total.seeds++;
    for (const what of ["jobs", "attempts", "statements"] as const) total[what] += report[what];
    for (const kind of Object.keys(faults) as (keyof FaultCounts)[]) faults[kind] += report.faults[kind];
    if (report.violations.length > 0) return { ...total, faults, failed: report };
  }
  return { ...total, faults, failed: undefined };
}
