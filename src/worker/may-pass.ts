/**
 * Failures of the database that pass by themselves: the same call may succeed later.
 * @module
 */
import { isMayflyError } from "../base/errors.ts";

/** Refusals of a database that is there: a wrong password, no such database. */
const REFUSED = /^(28|3D)/;
/**
 * Read only; a session that was too long in its transaction; a prepared statement or a plan that is of another session or schema; rolled back because of
 * others; out of disk, memory or connections; a lock or statement time-out; a shutdown; an input or output error; an internal error.
 */
const PASSING = /^(25006|25P0[34]|26000|0A000|40|53|55P03|57014|57P0|58|XX000)/;

/** Whether waiting may help. */
export function mayPass(error: unknown): error is Error {
  const sqlState = stateOf(error);
  if (isMayflyError(error, "database_error")) return PASSING.test(sqlState);
  return (isMayflyError(error, "database_unreachable") || isMayflyError(error, "database_reply_lost")) && !REFUSED.test(sqlState);
}

function stateOf(error: unknown): string {
  const isKnown = typeof error === "object" && error !== null && "sqlState" in error && typeof error.sqlState === "string";
  return isKnown ? (error.sqlState as string) : "";
}
