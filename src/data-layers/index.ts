/**
 * For enqueues in the transactions of a query builder or an ORM: `jobs.statement()` in the form it takes, and what its error says of the job.
 * @module
 */
export { type DrizzleSql, drizzle } from "./drizzle.ts";
export { knex } from "./knex.ts";
export { outcomeOf } from "./outcome-of.ts";
