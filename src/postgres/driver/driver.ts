/**
 * The seam between the queue and a Postgres connection: send statements, get rows of text back.
 *
 * Parameters and results are Postgres's own text format, so that every transport (HTTP, TCP, in-process) gives
 * the same value to the last microsecond and digit. Decoding is the store's work.
 * @module
 */

/** A parameter in Postgres's text format: JSON as text, an array as `{a,b}`, a timestamp as ISO 8601. */
export type Param = string | null;

/** One SQL statement with its parameters. */
export interface Statement {
  readonly text: string;
  readonly params: readonly Param[];
}

/** A row: column name to the value's text, or null. */
export type Row = Readonly<Record<string, string | null>>;

export interface CallOptions {
  /** Gives the call up when it aborts. The statement may still run on the server. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which the call is given up. Default: the driver's, 10,000. */
  readonly timeoutMs?: number;
}

export interface TransactionOptions extends CallOptions {
  /** Default: the database's default, normally read committed. */
  readonly isolation?: "read committed" | "repeatable read" | "serializable";
  /** Default: false. */
  readonly readOnly?: boolean;
}

/**
 * Sends SQL to one database. Every failure is a `DriverError` whose `failure` says what is known of it: `definite`
 * (it did not happen), `before` (it never reached the database) or `unknown` (it may have happened).
 */
export interface Driver {
  /** Runs one statement in its own transaction: one round trip over HTTP. */
  query(statement: Statement, options?: CallOptions): Promise<Row[]>;
  /** Runs the statements in one transaction, all or none: one round trip over HTTP. Rows per statement. */
  transaction(statements: readonly Statement[], options?: TransactionOptions): Promise<Row[][]>;
}
