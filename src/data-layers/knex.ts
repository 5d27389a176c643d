/**
 * Knex.
 * @module
 */
import type { StatementTuple } from "../job/jobs-client.ts";

/**
 * The arguments of Knex's `raw`. Put it first in the transaction.
 * @example
 * ```ts
 * await db.transaction(async (trx) => {
 *   await trx.raw(...knex(jobs.statement(welcome, { userId })));
 *   await trx("account").insert({ id: userId });
 * });
 * jobs.wake();
 * ```
 */
export function knex([text, params]: StatementTuple): [text: string, bindings: (string | null)[]] {
  const bindings: (string | null)[] = [];
  const asKnex = text.replace(/\?|\$(\d+)/g, (found, number?: string) => {
    if (number === undefined) return `\\${found}`;
    bindings.push(params[Number(number) - 1] ?? null);
    return "?";
  });
  return [asKnex, bindings];
}
