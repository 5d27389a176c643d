/**
 * The promises of the queue in bad weather, and that the simulation would see one broken.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openSimulationDatabase, type SimulationDatabase } from "../../src/testing/simulation/embedded-database.ts";
import { NO_FAULTS } from "../../src/testing/simulation/faults.ts";
import { simulate } from "../../src/testing/simulation/simulate.ts";
import { application } from "./application.ts";
import { findSqlMutant } from "./find-mutants.ts";
import { SQL_MUTANTS } from "./mutants.ts";
import { type SeedsReport, simulateSeeds } from "./seeds.ts";

/** CI has time for more. `npm run simulate` takes as many as one likes. */
const SEEDS = Number(process.env.MAYFLY_SIMULATION_SEEDS ?? (process.env.CI ? 300 : 100));

let database: SimulationDatabase;
before(async () => {
  database = await openSimulationDatabase();
});
after(() => database.close());

describe(`${SEEDS} seeds`, () => {
  let report: SeedsReport;
  before(async () => {
    report = await simulateSeeds({ database, application, from: 1, seeds: SEEDS });
  });

  test("break no promise", () => {
    assert.deepEqual(report.failed?.violations ?? [], [], report.failed?.story.join("\n"));
  });

  test("have jobs that run", () => {
    assert.ok(report.jobs > 3 * SEEDS, `${report.jobs} jobs`);
    assert.ok(report.attempts > 3 * SEEDS, `${report.attempts} attempts`);
  });

  for (const kind of Object.keys(NO_FAULTS) as (keyof typeof NO_FAULTS)[]) {
    test(`have the fault ${kind}`, () => assert.ok(report.faults[kind] >= SEEDS / 50, `${report.faults[kind]} times`));
  }
});

test("the same seed gives the same story", async () => {
  const [first, second] = [await simulate({ ...application(6), database }), await simulate({ ...application(6), database })];
  assert.deepEqual(first.story, second.story);
});

describe("faults made on purpose are found", () => {
  for (const promise of ["a retry waits for its delay", "one live job holds a key", "a hook comes before the end"]) {
    test(promise, async () => {
      const mutant = SQL_MUTANTS.find((one) => one.promise === promise);
      assert.ok(mutant);
      const { seed } = await findSqlMutant(mutant, { database, application, from: 1, seeds: 50 });
      assert.ok(seed !== undefined);
    });
  }
});
