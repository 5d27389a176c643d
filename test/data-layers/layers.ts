/**
 * Transactions of clients, query builders and ORMs that people have: an enqueue, and a row of their own in the table `account`.
 * @module
 */
import type { PGlite } from "@electric-sql/pglite";
import { neon, neonConfig } from "@neondatabase/serverless";
import { sql } from "drizzle-orm";
import { drizzle as drizzleNeonHttp } from "drizzle-orm/neon-http";
import { drizzle as drizzleNodePostgres } from "drizzle-orm/node-postgres";
import { integer, pgTable } from "drizzle-orm/pg-core";
import { drizzle as drizzlePglite } from "drizzle-orm/pglite";
import { drizzle as drizzlePostgresJs } from "drizzle-orm/postgres-js";
import createKnex from "knex";
import { CompiledQuery, Kysely, PostgresDialect } from "kysely";
import pgClient from "pg";
import postgres from "postgres";
import { DataSource } from "typeorm";
import { drizzle, knex } from "../../src/data-layers/index.ts";
import { pgDatabase } from "../../src/dev/neon-endpoint/database.ts";
import { startNeonEndpoint } from "../../src/dev/neon-endpoint/server.ts";
import type { StatementTuple } from "../../src/index.ts";

/** One of them, open. */
export interface Layer {
  /** The enqueue and then the row, which the database refuses where its id is null. */
  commit(statement: StatementTuple, id: number | null): Promise<unknown>;
  close(): Promise<unknown>;
}

/** Types do not let an id be null: the database has to refuse it. */
const account = pgTable("account", { id: integer() });
const INSERT = "insert into account (id) values ($1)";

/** Those over a server. */
export const LAYERS: Readonly<Record<string, (url: string) => Promise<Layer>>> = {
  async "node-postgres"(url) {
    const client = new pgClient.Client({ connectionString: url });
    await client.connect();
    return {
      async commit(statement, id) {
        await client.query("begin");
        try {
          await client.query(...statement);
          await client.query(INSERT, [id]);
          await client.query("commit");
        } catch (error) {
          await client.query("rollback");
          throw error;
        }
      },
      close: () => client.end(),
    };
  },

  async "postgres.js"(url) {
    const client = postgres(url);
    return {
      commit: (statement, id) =>
        client.begin(async (tx) => {
          await tx.unsafe(...statement);
          await tx`insert into account (id) values (${id})`;
        }),
      close: () => client.end(),
    };
  },

  async "Neon's client, over HTTP"(url) {
    const { close } = await neonEndpointOf(url);
    const query = neon(url);
    return {
      commit: (statement, id) => query.transaction([query.query(...statement), query`insert into account (id) values (${id})`]),
      close,
    };
  },

  async "Drizzle over node-postgres"(url) {
    const pool = new pgClient.Pool({ connectionString: url });
    const db = drizzleNodePostgres(pool);
    return {
      commit: (statement, id) =>
        db.transaction(async (tx) => {
          await tx.execute(drizzle(sql, statement));
          await tx.insert(account).values({ id });
        }),
      close: () => pool.end(),
    };
  },

  async "Drizzle over postgres.js"(url) {
    const client = postgres(url);
    const db = drizzlePostgresJs(client);
    return {
      commit: (statement, id) =>
        db.transaction(async (tx) => {
          await tx.execute(drizzle(sql, statement));
          await tx.insert(account).values({ id });
        }),
      close: () => client.end(),
    };
  },

  async "Drizzle over Neon's HTTP, in a batch"(url) {
    const { close } = await neonEndpointOf(url);
    const db = drizzleNeonHttp(neon(url));
    return { commit: (statement, id) => db.batch([db.execute(drizzle(sql, statement)), db.insert(account).values({ id })]), close };
  },

  async Kysely(url) {
    const db = new Kysely<{ account: { id: number | null } }>({
      dialect: new PostgresDialect({ pool: new pgClient.Pool({ connectionString: url }) }),
    });
    return {
      commit: (statement, id) =>
        db.transaction().execute(async (tx) => {
          await tx.executeQuery(CompiledQuery.raw(...statement));
          await tx.insertInto("account").values({ id }).execute();
        }),
      close: () => db.destroy(),
    };
  },

  async Knex(url) {
    const db = createKnex({ client: "pg", connection: url });
    return {
      commit: (statement, id) =>
        db.transaction(async (tx) => {
          await tx.raw(...knex(statement));
          await tx("account").insert({ id });
        }),
      close: () => db.destroy(),
    };
  },

  async TypeORM(url) {
    const source = await new DataSource({ type: "postgres", url }).initialize();
    return {
      commit: (statement, id) =>
        source.transaction(async (manager) => {
          await manager.query(...statement);
          await manager.query(INSERT, [id]);
        }),
      close: () => source.destroy(),
    };
  },
};

/** Those in the process. */
export const EMBEDDED_LAYERS: Readonly<Record<string, (db: PGlite) => Omit<Layer, "close">>> = {
  PGlite: (db) => ({
    commit: (statement, id) =>
      db.transaction(async (tx) => {
        await tx.query(...statement);
        await tx.query(INSERT, [id]);
      }),
  }),

  "Drizzle over PGlite": (client) => {
    const db = drizzlePglite(client);
    return {
      commit: (statement, id) =>
        db.transaction(async (tx) => {
          await tx.execute(drizzle(sql, statement));
          await tx.insert(account).values({ id });
        }),
    };
  },
};

async function neonEndpointOf(url: string) {
  const pool = new pgClient.Pool({ connectionString: url });
  const endpoint = await startNeonEndpoint({ database: pgDatabase(pool) });
  neonConfig.fetchEndpoint = endpoint.url;
  return { close: () => endpoint.close().then(() => pool.end()) };
}
