/**
 * PGlite: Postgres in the same process, for development and tests.
 * @module
 */
import { toDriverError } from "./classify.ts";
import type { Driver, Row, Statement } from "./driver.ts";
import { DEFAULT_TIMEOUT_MS, unlessAborted, withTimeLimit } from "./time-limit.ts";

/** The part of a PGlite database that is used. */
export interface PGliteDatabase extends PGliteSession {
  readonly parsers: object;
  readonly serializers: object;
  transaction<T>(use: (session: PGliteSession) => Promise<T>): Promise<T | undefined>;
}

export interface PGliteSession {
  query(text: string, params: (string | null)[], options: PGliteTextOptions): Promise<{ rows: unknown[] }>;
  exec(text: string): Promise<unknown>;
}

export interface PGliteTextOptions {
  readonly parsers: Record<number, (value: string) => string>;
  readonly serializers: Record<number, (value: string) => string>;
}

export interface PGliteOptions {
  /** Milliseconds after which a call is not waited for. PGlite itself goes on with it. Default 10,000. */
  readonly timeoutMs?: number;
}

/** Every value as the text that Postgres reads and writes: for each type that the database would convert, nothing is done. */
export function textOptions(db: Pick<PGliteDatabase, "parsers" | "serializers">): PGliteTextOptions {
  const leave = (types: object) => Object.fromEntries(Object.keys(types).map((type) => [type, (value: string) => value]));
  return { parsers: leave(db.parsers), serializers: leave(db.serializers) };
}

/** A driver over a PGlite database, which stays the caller's to close. */
export function pglite(db: PGliteDatabase, { timeoutMs = DEFAULT_TIMEOUT_MS }: PGliteOptions = {}): Driver {
  let text: PGliteTextOptions | undefined;

  async function run(session: PGliteSession, statement: Statement): Promise<Row[]> {
    text ??= textOptions(db);
    const { rows } = await session.query(statement.text, [...statement.params], text);
    return rows as Row[];
  }

  async function ask<T>(options: Parameters<Driver["query"]>[1], call: () => Promise<T>): Promise<T> {
    try {
      return await withTimeLimit(options ?? {}, timeoutMs, (signal) => unlessAborted(call(), signal));
    } catch (error) {
      throw toDriverError(error);
    }
  }

  return {
    query: (statement, options) => ask(options, () => run(db, statement)),

    transaction: (statements, options = {}) =>
      ask(options, async () => {
        const results = await db.transaction(async (session) => {
          const mode = [...(options.isolation ? [`isolation level ${options.isolation}`] : []), ...(options.readOnly ? ["read only"] : [])];
          if (mode.length > 0) await session.exec(`set transaction ${mode.join(", ")}`);
          const rows: Row[][] = [];
          for (const statement of statements) rows.push(await run(session, statement));
          return rows;
        });
        return results ?? [];
      }),
  };
}
