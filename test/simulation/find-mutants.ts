/**
 * Each mutant held against the simulation, until a seed finds it.
 * @module
 */
import { changed, type Mutant } from "./mutants.ts";
import { type SeedsOptions, simulateSeeds } from "./seeds.ts";

export interface Found {
  readonly promise: string;
  /** The first seed that broke a promise; undefined: none did. */
  readonly seed: number | undefined;
  readonly violation: string | undefined;
}

/** Makes the fault in the database, and mends it afterwards. */
export async function findSqlMutant(mutant: Mutant, options: SeedsOptions): Promise<Found> {
  const { sql } = options.database;
  const [row] = await sql<{ text: string }>("select pg_get_functiondef($1::regproc) as text", [`mayfly.${mutant.of}`]);
  const text = row?.text ?? "";
  await sql(changed(text, mutant));
  try {
    return await find(mutant, options);
  } finally {
    await sql(text);
  }
}

/** Runs seeds up to the first that breaks a promise. */
export async function find({ promise }: Mutant, options: SeedsOptions): Promise<Found> {
  const { failed } = await simulateSeeds(options);
  return { promise, seed: failed?.seed, violation: failed?.violations[0] };
}
