/**
 * postgres.js: the package `postgres`.
 * @module
 */
import { MayflyError } from "../../base/errors.ts";
import { toDriverError } from "./classify.ts";
import type { CallOptions, Driver, Row, Statement } from "./driver.ts";
import { DriverError } from "./errors.ts";
import { DEFAULT_TIMEOUT_MS, unlessAborted, withTimeLimit } from "./time-limit.ts";

/** The part that is used of what `postgres()` returns. */
export interface PostgresJs extends PostgresJsSession {
  readonly options: { readonly transform: Readonly<Record<"column" | "row", { readonly from?: unknown }>> };
  reserve(): Promise<PostgresJsSession & { release(): void }>;
}

export interface PostgresJsSession {
  unsafe(text: string, params: never[], options: { readonly prepare: boolean }): { raw(): PromiseLike<unknown> };
  typed(value: string | null, oid: number): unknown;
}

export interface PostgresJsOptions {
  /** Milliseconds after which a call is not waited for. Its connection is busy until the server has answered. Default 10,000. */
  readonly timeoutMs?: number;
  /**
   * Have each connection prepare Mayfly's own statements once, by name. Without it, each takes two round trips. Default false: a pooler that gives every
   * transaction another connection has to know of prepared statements, as PgBouncer does from 1.21 on.
   */
  readonly prepare?: boolean;
}

/** Postgres's type `unknown`: the server finds out what a parameter is, and postgres.js has no serializer for it, so it sends the text as it is. */
const UNKNOWN = 705;

/** What `raw()` answers: rows of each column's bytes. */
interface RawRows extends Iterable<readonly (Uint8Array | null)[]> {
  readonly columns?: readonly { readonly name: string }[];
}

const utf8 = new TextDecoder();

/**
 * A driver over postgres.js, which stays the caller's to end.
 * @throws `invalid_config` for one that transforms the names of columns, or rows: Mayfly could not read its own
 * @example
 * ```ts
 * createMayfly<Env>({ jobs, database: () => postgresJs(sql) });
 * ```
 */
export function postgresJs(sql: PostgresJs, { timeoutMs = DEFAULT_TIMEOUT_MS, prepare = false }: PostgresJsOptions = {}): Driver {
  const { column, row } = sql.options.transform;
  if (column.from || row.from) {
    throw new MayflyError(
      "invalid_config",
      "postgresJs was given a client that transforms the names of columns, or rows. Give it one of its own: postgresJs(postgres(url)).",
    );
  }

  async function run(session: PostgresJsSession, { text, params }: Statement): Promise<Row[]> {
    const values = params.map((param) => session.typed(param, UNKNOWN));
    const rows = (await session.unsafe(text, values as never[], { prepare }).raw()) as RawRows;
    return Array.from(rows, (bytes) =>
      Object.fromEntries((rows.columns ?? []).map(({ name }, index) => [name, bytes[index] ? utf8.decode(bytes[index]) : null])),
    );
  }

  async function ask<T>(options: CallOptions, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await withTimeLimit(options, timeoutMs, (signal) => unlessAborted(call(signal), signal));
    } catch (error) {
      throw toDriverError(error);
    }
  }

  return {
    query: (statement, options = {}) => ask(options, () => run(sql, statement)),

    transaction: (statements, options = {}) =>
      ask(options, async (signal) => {
        const session = await sql.reserve();
        const tell = (text: string) => run(session, { text, params: [] });
        try {
          const isolation = options.isolation ? ` isolation level ${options.isolation}` : "";
          const results: Row[][] = [];
          await tell(`begin${isolation}${options.readOnly ? " read only" : ""}`);
          for (const statement of statements) {
            // Nobody waits for it: what has not been sent is left out, and the rest rolled back.
            signal.throwIfAborted();
            results.push(await run(session, statement));
          }
          await tell("commit");
          session.release();
          return results;
        } catch (error) {
          // What is sent on a connection that has just ended throws where nobody can catch it: postgres.js takes that one out of its pool by itself.
          if (!isOfTheConnection(error)) await tell("rollback").then(session.release, () => {});
          throw error;
        }
      }),
  };
}

function isOfTheConnection(error: unknown): boolean {
  return !(error instanceof DriverError) && toDriverError(error).failure === "unknown";
}
