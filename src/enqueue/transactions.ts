/**
 * Enqueueing in a transaction of the caller's own.
 * @module
 */
import { MayflyError } from "../base/errors.ts";
import type { ProducerClient } from "../job/jobs-client.ts";
import type { TransactionStatement } from "../job/transaction-statement.ts";
import type { SqlStatement } from "../store/store.ts";
import { checkNow } from "./check.ts";
import type { CheckedJob } from "./checked-job.ts";
import { type Producing, withSource } from "./producing.ts";

type Verbs = Pick<ProducerClient, "statement" | "transaction">;

/** The verbs of a producer's client for a caller's own transactions. */
export function transactionVerbs({ store, limits, ids, announcing, callSite }: Producing): Verbs {
  /** The job that each statement of this client enqueues, so that its transaction can wake a consumer once it has committed. */
  const jobsOfStatements = new WeakMap<object, CheckedJob>();

  const verbs: Verbs = {
    statement(definition, payload, { allowBlocked = false, ...given } = {}) {
      const options = withSource(given, given.source ?? callSite?.(verbs.statement));
      if (definition.shouldEnqueue) {
        throw new MayflyError("invalid_config", `${definition.name} has a shouldEnqueue, which a statement cannot wait for. Use a limit.`);
      }
      const checked = checkNow({ definition, payload, options }, limits, ids);
      const statement = store.enqueueStatement([checked.job], allowBlocked);
      jobsOfStatements.set(statement, checked);
      return statement;
    },

    async transaction(statements) {
      const jobs = statements.map((statement) => jobsOfStatements.get(statement)).filter((checked) => checked !== undefined);
      const write = () => store.transaction(statements.map(pairOf));
      return await (announcing ? announcing(jobs, write, () => true) : write());
    },
  };
  return verbs;
}

function pairOf(statement: TransactionStatement): SqlStatement {
  if (isPair(statement)) return [statement[0], statement[1] ?? []];
  const { sql, params, parameters, bindings } = statement;
  return [sql, params ?? parameters ?? bindings ?? []];
}

const isPair = (statement: TransactionStatement): statement is Extract<TransactionStatement, readonly unknown[]> =>
  Array.isArray(statement);
