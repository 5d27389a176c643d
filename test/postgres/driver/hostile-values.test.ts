/**
 * Hostile texts through every driver and every way in of the store: each comes back as it was, or is refused and leaves nothing; neither harms what
 * comes after it.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, type TestContext, test } from "node:test";
import { neon, neonConfig, Pool } from "@neondatabase/serverless";
import postgres from "postgres";
import { systemClock } from "../../../src/app/system-clock.ts";
import { isMayflyError } from "../../../src/base/errors.ts";
import { findNonJson, type JsonValue } from "../../../src/base/json-value.ts";
import { pgDatabase, pgliteDatabase } from "../../../src/dev/neon-endpoint/database.ts";
import { startNeonEndpoint } from "../../../src/dev/neon-endpoint/server.ts";
import type { Driver } from "../../../src/postgres/driver/driver.ts";
import { neonClient } from "../../../src/postgres/driver/neon-client.ts";
import { neonHttp } from "../../../src/postgres/driver/neon-http.ts";
import { type PgPool, pg } from "../../../src/postgres/driver/pg.ts";
import { postgresJs } from "../../../src/postgres/driver/postgres-js.ts";
import { postgresStore } from "../../../src/postgres/postgres-store.ts";
import type { ClaimedJob } from "../../../src/store/claimed-job.ts";
import type { NewJob } from "../../../src/store/new-job.ts";
import { settleError, settleSuccess } from "../../../src/worker/outcome.ts";
import { type TestDatabase, type TestServer, testServer } from "../../support/database.ts";
import { openPglite } from "../../support/each-postgres.ts";
import { FUZZ, FUZZ_SEED, LONG_TEXTS } from "../../support/hostile-texts.ts";
import { type Random, seeded } from "../../support/random.ts";
import { claim, newJob, newTurn } from "../../support/samples.ts";
import { startWebSocketRelay } from "../../support/websocket-relay.ts";

const CASES = 60 * FUZZ;

type Opened = readonly [driver: Driver, close: () => Promise<unknown>];
const user = (host: string) => `postgresql://u:not-a-secret@${host}/d`;

/** Each over a database of its own. */
const DRIVERS: Readonly<Record<string, (database: TestDatabase) => Promise<Opened>>> = {
  pg: async ({ driver }) => [driver, async () => {}],
  "pg, prepared": async ({ pool }) => [pg(pool, { prepare: true }), async () => {}],
  async "postgres.js"({ url }) {
    const sql = postgres(url);
    return [postgresJs(sql), () => sql.end()];
  },
  async "Neon's pool, over WebSockets"({ url }) {
    const relay = await startWebSocketRelay(Number(new URL(url).port));
    Object.assign(neonConfig, { useSecureWebSocket: false, pipelineConnect: false, forceDisablePgSSL: true, wsProxy: relay.address });
    const pool = new Pool({ connectionString: url });
    pool.on("error", () => {});
    return [pg(pool as PgPool), () => pool.end().then(relay.close)];
  },
  async "Neon HTTP"({ pool }) {
    const endpoint = await startNeonEndpoint({ database: pgDatabase(pool) });
    return [neonHttp(user(new URL(endpoint.url).host), { endpoint: endpoint.url }), endpoint.close];
  },
  async "Neon's own client over HTTP"({ pool }) {
    const endpoint = await startNeonEndpoint({ database: pgDatabase(pool) });
    neonConfig.fetchEndpoint = () => endpoint.url;
    return [neonClient(neon(user(new URL(endpoint.url).host))), endpoint.close];
  },
};

describe("Postgres 18", () => {
  let server: TestServer;
  before(async () => {
    server = await testServer(18);
  });
  after(() => server.stop());
  for (const [name, open] of Object.entries(DRIVERS)) {
    test(`${name}: what is taken comes back as it was, what is refused leaves nothing`, async (t) => {
      const database = await server.database();
      const [driver, close] = await open(database);
      t.after(async () => {
        await close();
        await database.close();
      });
      await tryAll(t, driver);
    });
  }
});

test("PGlite: what is taken comes back as it was, what is refused leaves nothing", async (t) => {
  const { driver, close } = await openPglite();
  t.after(close);
  await tryAll(t, driver);
});

test("Neon HTTP in front of PGlite: what is taken comes back as it was, what is refused leaves nothing", async (t) => {
  const { db, close } = await openPglite();
  const endpoint = await startNeonEndpoint({ database: pgliteDatabase(db) });
  t.after(() => endpoint.close().then(close));
  await tryAll(t, neonHttp(user(new URL(endpoint.url).host), { endpoint: endpoint.url }));
});

const READ = `select name, queue, key, source, created_by, traceparent, tracestate, payload
  from mayfly.job where id = $1::uuid`;

async function tryAll(t: TestContext, driver: Driver): Promise<void> {
  const random = seeded(20_260_103 + FUZZ_SEED);
  const store = postgresStore({ driver, clock: systemClock });
  let [taken, refused] = [0, 0];
  for (let nth = 0; nth < CASES; nth++) {
    const jobs = hostileJobs(random);
    const shown = JSON.stringify(jobs[0]).slice(0, 400);
    try {
      const replies = await store.enqueue(jobs);
      assert.ok(
        replies.every(({ outcome }) => outcome !== "duplicate"),
        shown,
      );
      for (const [at, reply] of replies.entries()) {
        if (reply.outcome !== "enqueued") continue;
        const [row] = await driver.query({ text: READ, params: [reply.id] });
        assert.deepEqual({ ...row, payload: JSON.parse(row?.payload ?? "null") }, rowOf(jobs[at] as NewJob), shown);
      }
      taken++;
    } catch (error) {
      if (!isMayflyError(error)) throw error;
      assert.match(String((error as { sqlState?: string }).sqlState), /^(22|23514|54)/, `${shown}: ${error.message}`);
      for (const { id } of jobs) assert.deepEqual(await driver.query({ text: READ, params: [id] }), [], shown);
      refused++;
    }
  }
  t.diagnostic(`${taken} taken, ${refused} refused`);
  assert.ok(taken > CASES / 20 && refused > CASES / 20);
  await settleHostile(driver, random);
}

/** Postgres may put other white space into the payload; an empty key is none. */
function rowOf({ name, queue, key, source, createdBy, trace, payloadJson }: NewJob): object {
  const { traceparent = null, tracestate = null } = trace;
  return { name, queue, key: key || null, source, created_by: createdBy, traceparent, tracestate, payload: JSON.parse(payloadJson) };
}

/** One plain job, several of a kind, or one with a key: the store sends each in a way of its own. */
function hostileJobs(random: Random): NewJob[] {
  const text = () => (random.chance(0.6) ? "work" : random.pick(LONG_TEXTS));
  const maybe = () => (random.chance(0.6) ? null : random.pick(LONG_TEXTS));
  const payload = (): JsonValue => ({ [random.pick(LONG_TEXTS)]: [random.pick(LONG_TEXTS)] });
  const kind = { name: text(), queue: text(), source: maybe(), createdBy: maybe() };
  const trace = random.chance(0.7) ? {} : { traceparent: random.pick(LONG_TEXTS), tracestate: random.pick(LONG_TEXTS) };
  if (random.chance(0.3)) return Array.from({ length: 3 }, () => newJob({ ...kind, payload: payload() }));
  return [newJob({ ...kind, trace, key: random.chance(0.5) ? null : random.pick(LONG_TEXTS), payload: payload() })];
}

/** What JSON in Postgres cannot hold is left out before it comes to the store. */
function keepable(output: { readonly [key: string]: JsonValue }): JsonValue | undefined {
  return findNonJson(output).count > 0 ? undefined : output;
}

/** Whatever a handler returns or throws, its job ends, and whoever reads the result gets what was kept of it. */
async function settleHostile(driver: Driver, random: Random): Promise<void> {
  const store = postgresStore({ driver, clock: systemClock });
  const queue = "settled";
  for (let nth = 0; nth < CASES / 10; nth++) {
    const [text, other] = [random.pick(LONG_TEXTS), random.pick(LONG_TEXTS)];
    await store.enqueue([newJob({ queue })]);
    const { jobs, claimId, workerId } = await claim(store, { queues: [queue] });
    const held = { job: jobs[0] as ClaimedJob, claimId };
    const error = Object.assign(new Error(other), { name: text, stack: other, [text]: text });
    const settlement = random.chance(0.5)
      ? settleSuccess(held, keepable({ [text]: other }))
      : settleError(held, error, { delayMs: 0, interrupted: false, maxBytes: 32_768 });
    const { rejections } = await store.turn(newTurn({ workerId, queues: [queue], settle: [settlement] }));
    assert.deepEqual(rejections, []);
    const [row] = await driver.query({ text: "select output, error from mayfly.result where id = $1::uuid", params: [held.job.id] });
    assert.deepEqual(
      [row?.output, row?.error].map((json) => JSON.parse(json ?? "null")),
      [settlement.output ?? null, settlement.error ?? null],
    );
  }
}
