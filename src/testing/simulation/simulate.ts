/**
 * A queue through bad weather, in virtual time: the engine and the SQL of production, every statement's fate drawn from a seed, and a plain model that says
 * afterwards which promise was broken.
 * @module
 */
import type { JobsClient } from "../../job/jobs-client.ts";
import { openSimulationDatabase, type SimulationDatabase } from "./embedded-database.ts";
import type { FaultCounts, Faults } from "./faults.ts";
import type { Version } from "./programs.ts";
import type { Random } from "./random.ts";
import { Simulation } from "./simulation.ts";

/** A program that puts jobs in. */
export interface Producer {
  readonly jobs: JobsClient;
  /** Drawn from the seed. Whatever a producer decides, it decides with this. */
  readonly random: Random;
  /** Waits in virtual time. */
  sleep(ms: number): Promise<void>;
}

export interface SimulationOptions<Env> extends Version<Env> {
  /** The same seed gives the same simulation, as long as the code is the same. */
  readonly seed: number;
  /** Puts jobs in, cancels and retries them: whatever programs around the queue do. It may be killed between any two lines; an error of the database ends it. */
  produce(producer: Producer): Promise<void>;
  /** How many producers there are. Default 2. */
  readonly producers?: number;
  /** An earlier version of the application, alive beside this one: it may lack handlers. Default: none. */
  readonly older?: Version<Env>;
  /** What handlers are given as `env`. Default: undefined. */
  readonly env?: Env;
  /** Shares that stand above those that the seed draws: `{ killed: 0 }` kills nobody. */
  readonly faults?: Partial<Faults>;
  /** How long faults go on, in minutes of virtual time. Then the queue gets the time that it needs to become empty. Default 2. */
  readonly minutes?: number;
  /** Whole days. Default 7. */
  readonly retentionDays?: number;
  /** One that is open already, for many simulations one after the other. Default: one of its own. */
  readonly database?: SimulationDatabase;
}

/** What came of a simulation. */
export interface SimulationReport {
  readonly seed: number;
  /** Every broken promise, as a sentence. Empty: all were kept. */
  readonly violations: readonly string[];
  /** What moved, and which fault struck, in order. */
  readonly story: readonly string[];
  /** How often each fault happened. */
  readonly faults: FaultCounts;
  /** Jobs that went in. */
  readonly jobs: number;
  /** Attempts that ended. */
  readonly attempts: number;
  /** Statements that the database executed. */
  readonly statements: number;
}

/**
 * Runs one simulation. Handlers are called with everything that can befall them: twice, late, after the death of the worker before, beside a copy of an old
 * version. Their own code runs as it is, so it should use fakes that answer at once; what takes real time is not waited for.
 * @throws `invalid_config` where the package `@electric-sql/pglite` is not installed
 * @example
 * ```ts
 * test("each order is charged once, whatever goes wrong", async () => {
 *   const database = await openSimulationDatabase();
 *   for (let seed = 1; seed <= 100; seed++) {
 *     const charged = new Map<string, number>();
 *     const handlers = [charge.handle(({ id }) => void charged.set(id, (charged.get(id) ?? 0) + 1))];
 *     const report = await simulate({ seed, database, handlers, produce: ({ jobs }) => jobs.enqueue(charge, { order: 1 }) });
 *     assert.deepEqual(report.violations, [], report.story.join("\n"));
 *   }
 *   await database.close();
 * });
 * ```
 */
export async function simulate<Env = undefined>(options: SimulationOptions<Env>): Promise<SimulationReport> {
  const database = options.database ?? (await openSimulationDatabase());
  try {
    return await new Simulation(options, database).run();
  } finally {
    if (!options.database) await database.close();
  }
}
