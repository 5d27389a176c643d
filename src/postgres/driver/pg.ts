/**
 * Any pool of the shape of `pg`'s: `pg` itself, Neon's over WebSockets, Hyperdrive's.
 * @module
 */
import { needsNewSession, toDriverError } from "./classify.ts";
import type { CallOptions, Driver, Row, Statement } from "./driver.ts";
import { DriverError } from "./errors.ts";
import { guardPool, type PoolEvents } from "./guard-pool.ts";
import { DEFAULT_TIMEOUT_MS, unlessAborted, withTimeLimit } from "./time-limit.ts";

/** The part of a pool that is used. */
export interface PgPool extends PoolEvents {
  connect(): Promise<PgClient>;
}

/** The part of a pool's client that is used. */
export interface PgClient {
  query(config: PgQuery): Promise<{ rows: unknown[] }>;
  release(destroy?: boolean): void;
  on(event: "error", listener: (error: Error) => void): unknown;
  off(event: "error", listener: (error: Error) => void): unknown;
}

export interface PgQuery {
  readonly name?: string;
  readonly text: string;
  readonly values?: (string | null)[];
  readonly types?: { getTypeParser(): (value: string) => string };
}

export interface PgOptions {
  /** Milliseconds after which a call is given up. Default 10,000. */
  readonly timeoutMs?: number;
  /**
   * Have each connection prepare Mayfly's own statements once, by name. Default false: a pooler that gives every transaction another connection has to
   * know of prepared statements, as PgBouncer does from 1.21 on. Single enqueues then cost the database less.
   */
  readonly prepare?: boolean;
}

/** Every value as the text that Postgres wrote. */
const TEXT = { getTypeParser: () => (value: string) => value };

/** A driver over a pool, which stays the caller's to end. A call that is given up closes its connection, and so does one that fails as only its session may. A connection that ends by itself ends nothing else. */
export function pg(pool: PgPool, { timeoutMs = DEFAULT_TIMEOUT_MS, prepare = false }: PgOptions = {}): Driver {
  guardPool(pool);

  async function withClient<T>(options: CallOptions, use: (client: PgClient) => Promise<T>): Promise<T> {
    try {
      return await withTimeLimit(options, timeoutMs, async (signal) => {
        const client = await connect(pool, signal);
        // A client may be older than the guard, or come from a pool without events.
        const ignore = () => {};
        client.on("error", ignore);
        let broken = true;
        try {
          const result = await unlessAborted(use(client), signal);
          broken = false;
          return result;
        } catch (error) {
          broken = needsNewSession(toDriverError(error));
          throw error;
        } finally {
          client.off("error", ignore);
          client.release(broken);
        }
      });
    } catch (error) {
      throw toDriverError(error);
    }
  }

  return {
    query: (statement, options = {}) =>
      withClient(options, (client) => run(client, statement, prepare ? nameOf(statement.text) : undefined)),

    transaction: (statements, options = {}) =>
      withClient(options, async (client) => {
        const isolation = options.isolation ? ` isolation level ${options.isolation}` : "";
        await client.query({ text: `begin${isolation}${options.readOnly ? " read only" : ""}` });
        try {
          const results: Row[][] = [];
          for (const statement of statements) results.push(await run(client, statement));
          await client.query({ text: "commit" });
          return results;
        } catch (error) {
          const known = toDriverError(error);
          if (known.failure === "definite") await client.query({ text: "rollback" });
          throw known;
        }
      }),
  };
}

async function run(client: PgClient, { text, params }: Statement, name?: string): Promise<Row[]> {
  const { rows } = await client.query({ ...(name ? { name } : {}), text, values: [...params], types: TEXT });
  return rows as Row[];
}

/** The same for all drivers of a process, which may share a pool. */
const names = new Map<string, string>();

function nameOf(text: string): string {
  const name = names.get(text) ?? `mayfly_${names.size + 1}`;
  names.set(text, name);
  return name;
}

async function connect(pool: PgPool, signal: AbortSignal): Promise<PgClient> {
  const connecting = pool.connect();
  try {
    return await unlessAborted(connecting, signal);
  } catch (error) {
    // Whoever no longer waits gives back what comes late.
    connecting.then(
      (client) => client.release(),
      () => {},
    );
    const { message, sqlState } = toDriverError(error);
    throw signal.aborted
      ? new DriverError("before", "The call was given up while it waited for a connection.")
      : new DriverError("before", message.replace("gave no answer, and the statement may have run", "cannot be reached"), { sqlState });
  }
}
