/**
 * What a failed call to the database means for whoever wants to repeat it. Messages never hold a connection string.
 * @module
 */
import { MayflyError } from "../../base/errors.ts";

/**
 * - `definite`: an SQLSTATE proves that the statement did not happen
 * - `before`: it never reached the database
 * - `unknown`: it may have happened; only what may be repeated harmlessly may be sent again
 */
export type Failure = "definite" | "before" | "unknown";

export interface DriverErrorOptions {
  readonly cause?: unknown;
  /** The five characters of the SQLSTATE, where the database gave one. */
  readonly sqlState?: string | undefined;
  /** The constraint that was violated, where the database named one. */
  readonly constraint?: string | undefined;
  /** The database's DETAIL line, where it gave one. */
  readonly detail?: string | undefined;
}

const CODES = {
  definite: "database_error",
  before: "database_unreachable",
  unknown: "database_reply_lost",
} as const;

/** A call to the database that failed. */
export class DriverError extends MayflyError {
  override readonly name = "DriverError";
  readonly failure: Failure;
  readonly sqlState: string | undefined;
  readonly constraint: string | undefined;
  readonly detail: string | undefined;

  constructor(failure: Failure, message: string, options: DriverErrorOptions = {}) {
    super(CODES[failure], message, options);
    this.failure = failure;
    this.sqlState = options.sqlState;
    this.constraint = options.constraint;
    this.detail = options.detail;
  }
}
