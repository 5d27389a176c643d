/**
 * SQL over HTTP with Neon's own client: one request a call, no connection to keep. Runs wherever fetch does.
 * @module
 */
import { neon, neonConfig } from "@neondatabase/serverless";
import { MayflyError } from "../../base/errors.ts";
import { toDriverError } from "./classify.ts";
import type { CallOptions, Driver, Row, Statement, TransactionOptions } from "./driver.ts";
import { DEFAULT_TIMEOUT_MS, withTimeLimit } from "./time-limit.ts";

export interface NeonHttpOptions {
  /** URL of a Neon-compatible SQL-over-HTTP endpoint. Default: the one that the database's host implies, which must be Neon's. */
  readonly endpoint?: string | undefined;
  /** Milliseconds after which a call is given up. Default 10,000. */
  readonly timeoutMs?: number;
}

/** Every value as the text that Postgres wrote. */
const TEXT = { types: { getTypeParser: () => (value: string) => value } };

/** A redirection is not followed: it would take the connection string to another host. */
const STAY = { redirect: "manual" } as const;

const ISOLATION = {
  "read committed": "ReadCommitted",
  "repeatable read": "RepeatableRead",
  serializable: "Serializable",
} as const;

/**
 * A driver for a database behind Neon's HTTP protocol: one of Neon's own, or any that has an endpoint (PlanetScale, Xata, the local one).
 * @param url `postgresql://user:password@host/database`
 * @throws `invalid_config` for a URL of another form, and for a host that is not Neon's and has no endpoint: a request holds the
 * whole connection string, so nobody else is sent one
 */
export function neonHttp(url: string, { endpoint, timeoutMs = DEFAULT_TIMEOUT_MS }: NeonHttpOptions = {}): Driver {
  const database = parseUrl(url);
  if (endpoint === undefined) checkHost(database);
  else checkEndpoint(endpoint);
  const sql = neon(database.href.replace("http:", "postgresql:"), { disableWarningInBrowsers: true });

  async function ask<T>(options: CallOptions, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await withTimeLimit(options, timeoutMs, (signal) => startAt(endpoint, () => call(signal)));
    } catch (error) {
      throw toDriverError(error, database.password);
    }
  }

  return {
    query({ text, params }, options = {}) {
      // Neon's query starts at its `then`, and again at every other: it has this one.
      return ask(options, (signal) => sql.query(text, [...params], { ...TEXT, fetchOptions: { signal, ...STAY } }).then(rows));
    },

    transaction(statements: readonly Statement[], options: TransactionOptions = {}) {
      return ask(options, async (signal) => {
        const queries = statements.map(({ text, params }) => sql.query(text, [...params], TEXT));
        const results = await sql.transaction(queries, {
          fetchOptions: { signal, ...STAY },
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

/** Neon's hosts, the only ones whose own endpoint may be sent a connection string. */
export function isNeonHost(hostname: string): boolean {
  return /^([a-z0-9-]+\.)+neon\.tech$/i.test(hostname);
}

/** The database's URL read as Neon's client reads it, which is as an `http:` one: two readings could name two hosts. */
function parseUrl(url: string): URL {
  const given = URL.canParse(url) ? new URL(url).href : "";
  const asHttp = given.replace(/^postgres(ql)?:/, "http:");
  const parsed = asHttp !== given && URL.canParse(asHttp) ? new URL(asHttp) : undefined;
  if (!parsed?.username || parsed.pathname.length < 2) throw malformed();
  return parsed;
}

function malformed(): MayflyError {
  return new MayflyError(
    "invalid_config",
    "The database's connection string does not have the form postgresql://user:password@host/database. In a password, @ / ? # are written %40 %2F %3F %23.",
  );
}

function checkHost({ hostname, pathname, search, hash }: URL): void {
  if (isNeonHost(hostname)) return;
  // A password with an unencoded "/" ends up here, and what looks like the host may be a part of it.
  if (`${pathname}${search}${hash}`.includes("@")) throw malformed();
  throw new MayflyError(
    "invalid_config",
    `${hostname} is not one of Neon's hosts, so its connection string was sent nowhere. Use the driver pg, database: (env) => pg(new Pool({ connectionString: env.DATABASE_URL })), or, for an endpoint that speaks Neon's SQL over HTTP, set MAYFLY_NEON_ENDPOINT or the option endpoint.`,
  );
}

function checkEndpoint(endpoint: string): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password) return;
  // It may be a connection string that was put in the wrong place.
  throw new MayflyError(
    "invalid_config",
    "MAYFLY_NEON_ENDPOINT, or the option endpoint, does not have the form https://host/sql, without user and password.",
  );
}

/**
 * Neon's client has one endpoint for all of a program, and reads it as a call starts: it is this one for that moment alone, and the
 * program's own calls keep theirs.
 */
function startAt<T>(endpoint: string | undefined, start: () => T): T {
  const before = neonConfig.fetchEndpoint;
  neonConfig.fetchEndpoint = endpoint ?? before;
  try {
    return start();
  } finally {
    neonConfig.fetchEndpoint = before;
  }
}
