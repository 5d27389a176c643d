/**
 * Drizzle, over any of its drivers.
 * @module
 */
import type { StatementTuple } from "../job/jobs-client.ts";

/** The part that is used of Drizzle's `sql`. */
export interface DrizzleSql<Query> {
  (strings: TemplateStringsArray, ...params: unknown[]): Query;
  raw(text: string): Query;
  join(queries: never[]): Query;
}

/**
 * The statement as a query of Drizzle's. Put it first in the transaction.
 * @param sql Drizzle's own, from `drizzle-orm`
 * @example
 * ```ts
 * await db.transaction(async (tx) => {
 *   await tx.execute(drizzle(sql, jobs.statement(welcome, { userId })));
 *   await tx.insert(accounts).values({ id: userId });
 * });
 * jobs.wake();
 * ```
 */
export function drizzle<Query>(sql: DrizzleSql<Query>, [text, params]: StatementTuple): Query {
  // At odd places stands the number of a parameter.
  const parts = text.split(/\$(\d+)/).map((part, index) => (index % 2 === 0 ? sql.raw(part) : sql`${params[Number(part) - 1]}`));
  return sql.join(parts as never[]);
}
