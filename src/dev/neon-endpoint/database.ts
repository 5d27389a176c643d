/**
 * What the endpoint stands in front of: PGlite, or a pool of connections to any Postgres.
 * @module
 */
import type { PGlite } from "@electric-sql/pglite";
import type { Pool, PoolClient } from "pg";
import { guardPool } from "../../postgres/driver/guard-pool.ts";
import { textOptions } from "../../postgres/driver/pglite.ts";
import { type SessionGate, sessionGate } from "../session-gate.ts";
import type { WireQuery, WireResult } from "./protocol.ts";
import { leavesSessionState } from "./session-state.ts";

/** Runs queries and keeps what they answer as text, with the types of the columns. */
export interface EndpointDatabase {
  query(query: WireQuery): Promise<WireResult>;
  /** All in one transaction; `mode` is what follows `begin`. */
  batch(queries: readonly WireQuery[], mode: string): Promise<WireResult[]>;
}

/** In front of PGlite, which has one session: what comes at once is done one after the other. */
export function pgliteDatabase(db: PGlite, gate: SessionGate = sessionGate()): EndpointDatabase {
  const run = async (session: Pick<PGlite, "query">, { query, params }: WireQuery): Promise<WireResult> => {
    const result = await session.query<(string | null)[]>(query, params, { ...textOptions(db), rowMode: "array" });
    const command = /^\s*(\w+)/.exec(query)?.[1]?.toUpperCase() ?? null;
    return { fields: result.fields, rows: result.rows, rowCount: result.rows.length || (result.affectedRows ?? 0), command };
  };
  const alone = <T>(queries: readonly WireQuery[], work: () => Promise<T>) =>
    gate.use(async () => {
      try {
        return await work();
      } finally {
        if (leavesSessionState(queries)) await forget(db);
      }
    });
  return {
    query: (query) => alone([query], () => run(db, query)),
    batch: (queries, mode) =>
      alone(queries, () =>
        db.transaction(async (session) => {
          if (mode !== "") await session.exec(`set transaction ${mode}`);
          const results: WireResult[] = [];
          for (const query of queries) results.push(await run(session, query));
          return results;
        }),
      ),
  };
}

/** The session as a new one. */
async function forget(db: PGlite): Promise<void> {
  if (db.isInTransaction()) await db.exec("rollback");
  await db.exec("discard all");
}

/** In front of a pool of `pg`. */
export function pgDatabase(pool: Pool): EndpointDatabase {
  guardPool(pool);
  const types = { getTypeParser: () => (value: string) => value };
  const run = async (client: PoolClient, { query, params }: WireQuery): Promise<WireResult> => {
    // Without parameters pg would take the protocol in which a query may be several statements.
    const how = { rowMode: "array", types, queryMode: "extended" } as const;
    const result = await client.query<(string | null)[]>({ text: query, values: params, ...how });
    return { fields: result.fields, rows: result.rows, rowCount: result.rowCount, command: result.command };
  };
  /** A connection in which something may be left behind is used no more. */
  async function withClient<T>(queries: readonly WireQuery[], use: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    const ignore = () => {};
    client.on("error", ignore);
    let broken = true;
    try {
      const result = await use(client);
      broken = leavesSessionState(queries);
      return result;
    } finally {
      client.off("error", ignore);
      client.release(broken);
    }
  }
  return {
    query: (query) => withClient([query], (client) => run(client, query)),
    batch: (queries, mode) =>
      withClient(queries, async (client) => {
        await client.query(`begin ${mode}`);
        const results: WireResult[] = [];
        for (const query of queries) results.push(await run(client, query));
        await client.query("commit");
        return results;
      }),
  };
}
