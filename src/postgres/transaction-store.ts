/**
 * The part of the store that enqueues in transactions of the caller's own.
 * @module
 */
import { MayflyError } from "../base/errors.ts";
import type { StatementTuple, TransactionResult } from "../job/jobs-client.ts";
import { REFUSALS } from "../job/refusals.ts";
import type { NewJob } from "../store/new-job.ts";
import type { SqlStatement, TransactionStore } from "../store/store.ts";
import { type AskOptions, askOf } from "./ask.ts";
import { DriverError } from "./driver/errors.ts";
import { encodeNewJobs } from "./encode.ts";
import { encodeParam } from "./encode-param.ts";
import * as statements from "./sql/statements.ts";

/** Runs transactions in the driver's database, with jobs in its schema `mayfly`. */
export function transactionStore(options: AskOptions): TransactionStore {
  const { driver } = options;
  const { ask } = askOf(options);
  return {
    enqueueStatement,

    transaction(list, callOptions) {
      if (!isGuarded(list)) {
        throw new MayflyError(
          "unguarded_transaction",
          "The first statement of a transaction must be an enqueue's, as jobs.statement() makes it: without it a transaction whose reply is lost cannot be repeated.",
        );
      }
      const parsed = list.map(([text, params]) => ({ text, params: params.map(encodeParam) }));
      return ask(async (failures): Promise<TransactionResult> => {
        try {
          return { outcome: "committed", rows: await driver.transaction(parsed, callOptions) };
        } catch (error) {
          if (allowsBlocked(list) && error instanceof DriverError && error.failure === "unknown") {
            const message =
              "No answer came, and with allowBlocked a repeat could happen twice: the job may have been left out. See whether your rows are there.";
            throw new MayflyError("database_reply_lost", message, { cause: error });
          }
          const code = refusal(error);
          if (!code) throw error;
          const repeated = failures.some(({ failure }) => failure === "unknown");
          if (code === "already_committed" && repeated) return { outcome: "already_committed", rows: [] };
          throw new MayflyError(code, `The transaction was rolled back: ${(error as DriverError).message}`, { cause: error });
        }
      }, callOptions);
    },
  };
}

function enqueueStatement(jobs: readonly NewJob[], allowBlocked: boolean): StatementTuple {
  return [statements.enqueue, [encodeNewJobs(jobs), "true", String(allowBlocked)]];
}

function isGuarded([first]: readonly SqlStatement[]): boolean {
  return first !== undefined && first[0] === statements.enqueue && first[1][1] === "true";
}

/** With `allowBlocked` the first statement does not refuse to happen twice where the key was held. */
function allowsBlocked([first]: readonly SqlStatement[]): boolean {
  return first?.[1][2] === "true";
}

function refusal(error: unknown) {
  if (!(error instanceof DriverError) || error.sqlState === undefined) return undefined;
  const outcome = REFUSALS[error.sqlState as keyof typeof REFUSALS];
  return outcome === "duplicate" ? "already_committed" : outcome;
}
