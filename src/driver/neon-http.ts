/**
 * SQL over HTTP with Neon's own client: one request a call, no connection to keep. Runs wherever fetch does.
 * @module
 */
import { neon, neonConfig } from "@neondatabase/serverless";
import { MayflyError } from "../core/errors.ts";
import { toDriverError } from "./classify.ts";
import type { CallOptions, Driver, Row, Statement, TransactionOptions } from "./driver.ts";
import { DEFAULT_TIMEOUT_MS, withTimeLimit } from "./time-limit.ts";

export interface NeonHttpOptions {
  /** URL of a Neon-compatible SQL-over-HTTP endpoint. Default: the one that the database's host implies. */
  readonly endpoint?: string | undefined;
  /** Milliseconds after which a call is given up. Default 10,000. */
  readonly timeoutMs?: number;
}

/** Every value as the text that Postgres wrote. */
const TEXT = { types: { getTypeParser: () => (value: string) => value } };

const ISOLATION = {
  "read committed": "ReadCommitted",
  "repeatable read": "RepeatableRead",
  serializable: "Serializable",
} as const;

/**
 * A driver for a database behind Neon's HTTP protocol (Neon, PlanetScale, Xata, the local endpoint).
 * @param url `postgresql://user:password@host/database`
 * @throws `invalid_config` for a URL of another form
 */
export function neonHttp(url: string, { endpoint, timeoutMs = DEFAULT_TIMEOUT_MS }: NeonHttpOptions = {}): Driver {
  const database = parseUrl(url);
  if (endpoint !== undefined) useEndpoint(database, endpoint);
  const sql = neon(url, { disableWarningInBrowsers: true });

  async function ask<T>(options: CallOptions, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await withTimeLimit(options, timeoutMs, call);
    } catch (error) {
      throw toDriverError(error, database.password);
    }
  }

  return {
    query({ text, params }, options = {}) {
      // Neon's query runs again at every `then`: it is awaited once, here.
      return ask(options, async (signal) => rows(await sql.query(text, [...params], { ...TEXT, fetchOptions: { signal } })));
    },

    transaction(statements: readonly Statement[], options: TransactionOptions = {}) {
      return ask(options, async (signal) => {
        const queries = statements.map(({ text, params }) => sql.query(text, [...params], TEXT));
        const results = await sql.transaction(queries, {
          fetchOptions: { signal },
          ...(options.isolation ? { isolationLevel: ISOLATION[options.isolation] } : {}),
          ...(options.readOnly ? { readOnly: true } : {}),
        });
        return results.map(rows);
      });
    },
  };
}

function rows(result: unknown): Row[] {
  return result as Row[];
}

function parseUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^postgres(ql)?:$/.test(parsed.protocol) || !parsed.username || !parsed.hostname || parsed.pathname.length < 2) {
    throw new MayflyError(
      "invalid_config",
      "The database's connection string does not have the form postgresql://user:password@host/database.",
    );
  }
  return parsed;
}

/** Neon's client has one endpoint for all; ours has one for each host that asked for it. */
const endpoints = new Map<string, string>();
const impliedEndpoint = neonConfig.fetchEndpoint;

function useEndpoint({ hostname, port }: URL, endpoint: string): void {
  if (!URL.canParse(endpoint)) throw new MayflyError("invalid_config", `The SQL-over-HTTP endpoint ${JSON.stringify(endpoint)} is no URL.`);
  endpoints.set(`${hostname}:${port}`, endpoint);
  neonConfig.fetchEndpoint = (host, hostPort, options) => {
    const own = endpoints.get(`${host}:${hostPort}`);
    if (own !== undefined) return own;
    return typeof impliedEndpoint === "function" ? impliedEndpoint(host, hostPort, options) : impliedEndpoint;
  };
}
