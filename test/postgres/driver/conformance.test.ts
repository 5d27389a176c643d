/**
 * The promises of a driver, kept by every driver on every Postgres.
 * @module
 */
import { after, before, describe, test } from "node:test";
import { PGlite } from "@electric-sql/pglite";
import { neon, neonConfig, Pool } from "@neondatabase/serverless";
import pgClient from "pg";
import postgres from "postgres";
import { pgDatabase, pgliteDatabase } from "../../../src/dev/neon-endpoint/database.ts";
import { type NeonEndpoint, startNeonEndpoint } from "../../../src/dev/neon-endpoint/server.ts";
import { neonClient } from "../../../src/postgres/driver/neon-client.ts";
import { neonHttp } from "../../../src/postgres/driver/neon-http.ts";
import { type PgPool, pg } from "../../../src/postgres/driver/pg.ts";
import { pglite } from "../../../src/postgres/driver/pglite.ts";
import { postgresJs } from "../../../src/postgres/driver/postgres-js.ts";
import { type DriverSubject, driverPromises } from "../../../src/testing/index.ts";
import { testServer } from "../../support/database.ts";
import { freePort } from "../../support/free-port.ts";
import type { SharedPostgres } from "../../support/postgres.ts";
import { startWebSocketRelay } from "../../support/websocket-relay.ts";

const SECRET = "not-a-secret-but-must-not-be-told";

/** A subject that is open, and how to close it. */
type OpenSubject = readonly [subject: DriverSubject, close: () => Promise<unknown>];

function promisesOf(what: string, open: () => Promise<OpenSubject>): void {
  describe(what, () => {
    let opened: OpenSubject | undefined;
    before(async () => {
      opened = await open();
    });
    after(() => opened?.[1]());
    for (const { promise, check } of driverPromises) {
      test(promise, () => check((opened as OpenSubject)[0]));
    }
  });
}

/** Behind the driver's back: a connection of its own that locks tables and cuts other connections. */
async function backdoor(url: string) {
  const pool = new pgClient.Pool({ connectionString: url, max: 4 });
  pool.on("error", () => {});
  return {
    async hold(table: string) {
      const client = await pool.connect();
      await client.query(`begin; lock table ${table} in access exclusive mode`);
      return async () => {
        await client.query("rollback");
        client.release();
      };
    },
    async cut(table: string) {
      for (let cut = 0; cut === 0; ) {
        const { rowCount } = await pool.query(
          "select pg_terminate_backend(pid) from pg_locks where relation = $1::regclass and not granted and pid <> pg_backend_pid()",
          [table],
        );
        cut = rowCount ?? 0;
      }
    },
    close: () => pool.end(),
  };
}

for (const version of [18, 15] as const) {
  describe(`Postgres ${version}`, () => {
    let server: SharedPostgres;
    before(async () => {
      ({ server } = await testServer(version));
    });
    after(() => server.stop());

    for (const prepare of [false, true]) {
      promisesOf(prepare ? "pg, with statements prepared by name" : "pg", async () => {
        const url = await server.createDatabase();
        const [pool, back] = [new pgClient.Pool({ connectionString: url }), await backdoor(url)];
        const nowhere = new pgClient.Pool({ connectionString: `postgresql://u:${SECRET}@127.0.0.1:${await freePort()}/d` });
        const subject = { driver: pg(pool, { prepare }), ...back, unreachable: pg(nowhere, { prepare }), secret: SECRET };
        return [subject, () => Promise.all([pool.end(), back.close(), nowhere.end()])];
      });
    }

    for (const prepare of [false, true]) {
      promisesOf(prepare ? "postgres.js, with statements prepared by name" : "postgres.js", async () => {
        const url = await server.createDatabase();
        const [sql, back] = [postgres(url), await backdoor(url)];
        const nowhere = postgres(`postgresql://u:${SECRET}@127.0.0.1:${await freePort()}/d`);
        const subject = { driver: postgresJs(sql, { prepare }), ...back, unreachable: postgresJs(nowhere, { prepare }), secret: SECRET };
        // Without a time-out postgres.js waits for a connection that was cut, or never made.
        return [subject, () => Promise.all([sql.end({ timeout: 1 }), back.close(), nowhere.end({ timeout: 1 })])];
      });
    }

    promisesOf("Neon's pool, over WebSockets", async () => {
      const url = await server.createDatabase();
      const relay = await startWebSocketRelay(Number(new URL(url).port));
      Object.assign(neonConfig, { useSecureWebSocket: false, pipelineConnect: false, forceDisablePgSSL: true });
      neonConfig.wsProxy = (host) => (host === "nowhere" ? "127.0.0.1:1/v1" : relay.address);
      const [pool, back] = [new Pool({ connectionString: url }), await backdoor(url)];
      const nowhere = new Pool({ connectionString: `postgresql://u:${SECRET}@nowhere/d` });
      for (const each of [pool, nowhere]) each.on("error", () => {});
      const subject = { driver: pg(pool as PgPool), ...back, unreachable: pg(nowhere as PgPool), secret: SECRET };
      return [subject, async () => Promise.all([pool.end(), back.close(), nowhere.end()]).then(relay.close)];
    });

    promisesOf("Neon HTTP", async () => {
      const url = await server.createDatabase();
      const pool = new pgClient.Pool({ connectionString: url });
      pool.on("error", () => {});
      const [endpoint, back] = [await startNeonEndpoint({ database: pgDatabase(pool) }), await backdoor(url)];
      return [{ ...(await neonSubject(endpoint)), ...back }, () => Promise.all([endpoint.close(), back.close()]).then(() => pool.end())];
    });

    promisesOf("Neon's own client over HTTP", async () => {
      const url = await server.createDatabase();
      const pool = new pgClient.Pool({ connectionString: url });
      pool.on("error", () => {});
      const [endpoint, back] = [await startNeonEndpoint({ database: pgDatabase(pool) }), await backdoor(url)];
      neonConfig.fetchEndpoint = (host, port) => `http://${host}:${port}/sql`;
      const driver = (port: string | number) => neonClient(neon(`postgresql://u:${SECRET}@127.0.0.1:${port}/d`));
      const subject = { driver: driver(new URL(endpoint.url).port), ...back, unreachable: driver(await freePort()), secret: SECRET };
      return [subject, () => Promise.all([endpoint.close(), back.close()]).then(() => pool.end())];
    });
  });
}

/** PGlite has one session: whoever holds it lets nobody read. */
async function openPglite() {
  const db = await PGlite.create();
  const hold = () =>
    new Promise<() => Promise<void>>((held, failed) => {
      const done = Promise.withResolvers<void>();
      const transaction = db.transaction(() => {
        held(async () => {
          done.resolve();
          await transaction;
        });
        return done.promise;
      });
      transaction.catch(failed);
    });
  return { db, hold };
}

promisesOf("PGlite", async () => {
  const { db, hold } = await openPglite();
  return [{ driver: pglite(db), hold }, () => db.close()];
});

promisesOf("Neon HTTP in front of PGlite", async () => {
  const { db, hold } = await openPglite();
  const endpoint = await startNeonEndpoint({ database: pgliteDatabase(db) });
  return [{ ...(await neonSubject(endpoint)), hold }, () => endpoint.close().then(() => db.close())];
});

async function neonSubject(endpoint: NeonEndpoint) {
  const url = (port: string | number) => `postgresql://u:${SECRET}@127.0.0.1:${port}/d`;
  const nowhere = await freePort();
  return {
    driver: neonHttp(url(new URL(endpoint.url).port), { endpoint: endpoint.url }),
    unreachable: neonHttp(url(nowhere), { endpoint: `http://127.0.0.1:${nowhere}/sql` }),
    secret: SECRET,
  };
}
