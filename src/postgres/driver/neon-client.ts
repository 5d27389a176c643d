/**
 * SQL over HTTP with Neon's own client, which the program brings.
 * @module
 */
import { toDriverError } from "./classify.ts";
import type { CallOptions, Driver, Row, Statement, TransactionOptions } from "./driver.ts";
import { ISOLATION } from "./neon-http.ts";
import { DEFAULT_TIMEOUT_MS, withTimeLimit } from "./time-limit.ts";

/** The part that is used of what `neon()` returns. */
export interface NeonQueryFunction {
  query(text: string, params: (string | null)[], options: NeonQueryOptions): PromiseLike<unknown>;
  transaction(queries: never[], options: NeonTransactionOptions): Promise<unknown[]>;
}

export interface NeonQueryOptions {
  readonly arrayMode: false;
  readonly fullResults: false;
  readonly types: { getTypeParser(): (value: string) => string };
  readonly fetchOptions?: Readonly<Record<string, unknown>>;
}

export interface NeonTransactionOptions {
  readonly fetchOptions: Readonly<Record<string, unknown>>;
  readonly isolationLevel?: (typeof ISOLATION)[keyof typeof ISOLATION];
  readonly readOnly?: boolean;
}

export interface NeonClientOptions {
  /** Milliseconds after which a call is given up. Default 10,000. */
  readonly timeoutMs?: number;
}

/** Rows as objects, and every value as the text that Postgres wrote. */
const TEXT = { arrayMode: false, fullResults: false, types: { getTypeParser: () => (value: string) => value } } as const;

/**
 * A driver over Neon's own client, for programs that give it more than a URL: a token (`authToken`), a fetch of their own. It asks where
 * the program has told that client to. For a URL alone `neonHttp` sends the same requests without it.
 * @example
 * ```ts
 * createMayfly<Env>({ jobs, database: (env) => neonClient(neon(env.DATABASE_URL, { authToken: () => tokenOf(env) })) });
 * ```
 */
export function neonClient(sql: NeonQueryFunction, { timeoutMs = DEFAULT_TIMEOUT_MS }: NeonClientOptions = {}): Driver {
  async function ask<T>(options: CallOptions, call: (fetchOptions: { signal: AbortSignal; redirect: "manual" }) => Promise<T>): Promise<T> {
    try {
      return await withTimeLimit(options, timeoutMs, (signal) => call({ signal, redirect: "manual" }));
    } catch (error) {
      throw toDriverError(error);
    }
  }

  return {
    query: ({ text, params }, options = {}) =>
      ask(options, async (fetchOptions) => (await sql.query(text, [...params], { ...TEXT, fetchOptions })) as Row[]),

    transaction: (statements: readonly Statement[], options: TransactionOptions = {}) =>
      ask(options, async (fetchOptions) => {
        const queries = statements.map(({ text, params }) => sql.query(text, [...params], TEXT));
        return (await sql.transaction(queries as never[], {
          fetchOptions,
          ...(options.isolation ? { isolationLevel: ISOLATION[options.isolation] } : {}),
          ...(options.readOnly ? { readOnly: true } : {}),
        })) as Row[][];
      }),
  };
}
