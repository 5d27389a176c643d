/**
 * SQL over HTTP as Neon speaks it: one request a call, no connection to keep. Runs wherever fetch does.
 * @module
 */
import { toDriverError } from "./classify.ts";
import type { CallOptions, Driver, Row, Statement, TransactionOptions } from "./driver.ts";
import { neonAddress } from "./neon-url.ts";
import { DEFAULT_TIMEOUT_MS, withTimeLimit } from "./time-limit.ts";

export interface NeonHttpOptions {
  /** URL of a Neon-compatible SQL-over-HTTP endpoint. Default: the one that the database's host implies, which must be Neon's. */
  readonly endpoint?: string | undefined;
  /** Milliseconds after which a call is given up. Default 10,000. */
  readonly timeoutMs?: number;
}

/** What a statement is answered with: every value as the text that Postgres wrote. */
interface Result {
  readonly fields: readonly { readonly name: string }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** Isolation levels as Neon's protocol names them. */
export const ISOLATION = {
  "read committed": "ReadCommitted",
  "repeatable read": "RepeatableRead",
  serializable: "Serializable",
} as const;

/** An error quotes so many characters of an answer that does not follow the protocol. */
const TOLD = 300;

/**
 * A driver for a database behind Neon's HTTP protocol: one of Neon's own, or any that has an endpoint (PlanetScale, Xata, the local one).
 * @param url `postgresql://user:password@host/database`
 * @throws `invalid_config` for a URL of another form, and for a host that is not Neon's and has no endpoint: a request holds the
 * whole connection string, so nobody else is sent one
 * @example
 * ```ts
 * createProducer<Env>({ database: (env) => neonHttp(env.DATABASE_URL) });
 * ```
 */
export function neonHttp(url: string, { endpoint, timeoutMs = DEFAULT_TIMEOUT_MS }: NeonHttpOptions = {}): Driver {
  const address = neonAddress(url, endpoint);
  const headers = {
    "Neon-Connection-String": address.connectionString,
    "Neon-Raw-Text-Output": "true",
    "Neon-Array-Mode": "true",
  };

  async function send<Reply, Rows>(
    body: object,
    options: CallOptions,
    batchHeaders: Readonly<Record<string, string>>,
    read: (reply: Reply) => Rows,
  ): Promise<Rows> {
    try {
      return await withTimeLimit(options, timeoutMs, async (signal) => {
        const response = await fetch(address.endpoint, {
          method: "POST",
          headers: { ...headers, ...batchHeaders },
          body: JSON.stringify(body),
          signal,
          // A redirection would take the connection string to another host.
          redirect: "manual",
        });
        if (!response.ok) throw await errorOf(response);
        return read((await response.json()) as Reply);
      });
    } catch (error) {
      throw toDriverError(error, address.password);
    }
  }

  return {
    query: (statement, options = {}) => send(queryOf(statement), options, {}, rowsOf),

    transaction: (statements: readonly Statement[], options: TransactionOptions = {}) =>
      send(
        { queries: statements.map(queryOf) },
        options,
        {
          ...(options.isolation ? { "Neon-Batch-Isolation-Level": ISOLATION[options.isolation] } : {}),
          ...(options.readOnly ? { "Neon-Batch-Read-Only": "true" } : {}),
        },
        ({ results }: { readonly results: readonly Result[] }) => results.map(rowsOf),
      ),
  };
}

function queryOf({ text, params }: Statement) {
  return { query: text, params };
}

function rowsOf({ fields, rows }: Result): Row[] {
  return rows.map((row) => Object.fromEntries(fields.map(({ name }, index) => [name, row[index] ?? null])));
}

/** What went wrong: with 400 all that Postgres says of it. */
async function errorOf(response: Response): Promise<Error> {
  if (response.status === 400) return Object.assign(new Error(), await response.json());
  return new Error(`Server error (HTTP status ${response.status}): ${(await response.text()).slice(0, TOLD)}`);
}
