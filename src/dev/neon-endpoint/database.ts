/**
 * What the endpoint stands in front of: PGlite, or a pool of connections to any Postgres.
 * @module
 */
import type { PGlite } from "@electric-sql/pglite";
import type { Pool, PoolClient } from "pg";
import { guardPool } from "../../postgres/driver/guard-pool.ts";
import { textOptions } from "../../postgres/driver/pglite.ts";
import type { WireQuery, WireResult } from "./protocol.ts";

/** Runs queries and keeps what they answer as text, with the types of the columns. */
export interface EndpointDatabase {
  query(query: WireQuery): Promise<WireResult>;
  /** All in one transaction; `mode` is what follows `begin`. */
  batch(queries: readonly WireQuery[], mode: string): Promise<WireResult[]>;
}

/** In front of PGlite, which has one session: what comes at once is done one after the other. */
export function pgliteDatabase(db: PGlite): EndpointDatabase {
  const run = async (session: Pick<PGlite, "query">, { query, params }: WireQuery): Promise<WireResult> => {
    const result = await session.query<(string | null)[]>(query, params, { ...textOptions(db), rowMode: "array" });
    const command = /^\s*(\w+)/.exec(query)?.[1]?.toUpperCase() ?? null;
    return { fields: result.fields, rows: result.rows, rowCount: result.rows.length || (result.affectedRows ?? 0), command };
  };
  return {
    query: (query) => run(db, query),
    batch: (queries, mode) =>
      db.transaction(async (session) => {
        if (mode !== "") await session.exec(`set transaction ${mode}`);
        const results: WireResult[] = [];
        for (const query of queries) results.push(await run(session, query));
        return results;
      }),
  };
}

/** In front of a pool of `pg`. */
export function pgDatabase(pool: Pool): EndpointDatabase {
  guardPool(pool);
  const types = { getTypeParser: () => (value: string) => value };
  const run = async (client: PoolClient, { query, params }: WireQuery): Promise<WireResult> => {
    const result = await client.query<(string | null)[]>({ text: query, values: params, rowMode: "array", types });
    return { fields: result.fields, rows: result.rows, rowCount: result.rowCount, command: result.command };
  };
  async function withClient<T>(use: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    const ignore = () => {};
    client.on("error", ignore);
    let broken = true;
    try {
      const result = await use(client);
      broken = false;
      return result;
    } finally {
      client.off("error", ignore);
      client.release(broken);
    }
  }
  return {
    query: (query) => withClient((client) => run(client, query)),
    batch: (queries, mode) =>
      withClient(async (client) => {
        await client.query(`begin ${mode}`);
        const results: WireResult[] = [];
        for (const query of queries) results.push(await run(client, query));
        await client.query("commit");
        return results;
      }),
  };
}
