/**
 * What an error says of the job.
 * @module
 */
import type { EnqueueOutcome } from "../job/jobs-client.ts";
import { REFUSALS } from "../job/refusals.ts";

/** Where clients, query builders and ORMs keep the database's code, and the error that they wrap. */
const CODES = ["code", "sqlState", "originalCode"];
const WRAPPED = ["cause", "driverError", "sourceError", "meta", "driverAdapterError"];
/** An error may be its own cause. */
const DEEPEST = 8;

/**
 * Why the job, and with it the transaction, did not go in: `duplicate` (its id is known: the transaction was committed before), `blocked` (its key is held)
 * or `limited`. Undefined: the error is another one. Takes whatever `jobs.transaction`, a client of Postgres, Drizzle, Kysely, Knex, TypeORM or Prisma throws.
 * @example
 * ```ts
 * try {
 *   await signUp(userId);
 * } catch (error) {
 *   if (outcomeOf(error) === "blocked") return "You have been welcomed already.";
 *   throw error;
 * }
 * ```
 */
export function outcomeOf(error: unknown): Extract<EnqueueOutcome, "duplicate" | "blocked" | "limited"> | undefined {
  let layer = [error];
  for (let depth = 0; depth < DEEPEST && layer.length > 0; depth++) {
    const objects = layer.filter((one): one is Record<string, unknown> => typeof one === "object" && one !== null);
    for (const object of objects) {
      const state = CODES.map((name) => object[name]).find((code) => typeof code === "string" && Object.hasOwn(REFUSALS, code));
      if (state !== undefined) return REFUSALS[state as keyof typeof REFUSALS];
    }
    layer = objects.flatMap((object) => WRAPPED.map((name) => object[name]));
  }
  return undefined;
}
