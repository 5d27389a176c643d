/**
 * Recognises a database that was never migrated, and a role that may not use it.
 * @module
 */
import { MayflyError } from "../base/errors.ts";
import { DriverError } from "./driver/errors.ts";

/** Undefined schema, table, function, column: the objects of this version are not there. */
const MISSING = new Set(["3F000", "42P01", "42883", "42703"]);

/** Whether the database has no Mayfly schema at all. */
export function isMissingSchema(error: unknown): boolean {
  return error instanceof DriverError && (error.sqlState === "3F000" || error.sqlState === "42P01");
}

/** Whether a table is not as this version knows it. */
export function isMissingColumn(error: unknown): boolean {
  return error instanceof DriverError && error.sqlState === "42703";
}

/** Insufficient privilege: the role of this connection was granted less than the call needs. */
const FORBIDDEN = "42501";

/** The error for a user, made of an error that the driver threw. */
export function explainDriverError(error: unknown): unknown {
  if (error instanceof DriverError && MISSING.has(error.sqlState ?? "") && /\bmayfly\b/.test(error.message)) {
    return new MayflyError(
      "schema_missing",
      'The database lacks the schema of this version of Mayfly. Run "npx mayfly migrate" against it, or, where a newer version has done that, deploy that one.',
      { cause: error },
    );
  }
  if (error instanceof DriverError && error.sqlState === FORBIDDEN) {
    return new MayflyError(
      "permission_denied",
      `The role of this connection may not do that: ${error.message}. Whoever owns the schema grants it what it needs: "npx mayfly migrate --grant worker=<role>", or producer, viewer, operator.`,
      { cause: error },
    );
  }
  return error;
}
