/**
 * mayfly.enqueue_v1: every branch of it.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isUuid } from "../../src/base/ids.ts";
import { DriverError } from "../../src/postgres/driver/errors.ts";
import { onEachPostgres, type SqlDatabase } from "../support/each-postgres.ts";
import { claim, newId, newJob, success } from "../support/samples.ts";

interface Verdict {
  id: string;
  outcome: string;
  existing_id: string | null;
  pending: number | null;
  running: number | null;
}

function enqueue({ sql }: SqlDatabase, jobs: unknown, options = ""): Promise<Verdict[]> {
  return sql<Verdict>(`select * from mayfly.enqueue_v1($1::jsonb${options})`, [JSON.stringify(jobs)]);
}

async function outcomes(database: SqlDatabase, jobs: unknown, options?: string): Promise<string[]> {
  return (await enqueue(database, jobs, options)).map(({ outcome }) => outcome);
}

/** Runs a job to its end, so that only its result is left. */
async function finish({ store }: SqlDatabase): Promise<void> {
  const { jobs, claimId, workerId } = await claim(store);
  await claim(store, { workerId, slots: 0, settle: jobs.map(({ id }) => success(id, claimId)) });
}

onEachPostgres((open) => {
  test("only the name is needed, all else has a default", async () => {
    const database = await open();
    const [verdict] = await enqueue(database, [{ name: "work" }]);
    assert.equal(verdict?.outcome, "enqueued");
    assert.ok(isUuid(verdict?.id ?? "") && verdict?.id[14] === "7", "the id made is a UUIDv7");
    const [job] = await database.sql(
      "select name, state, queue, priority, retries, attempt, timeout_ms, concurrency_key, exclusive, payload, ready_at = created_at as in_order from mayfly.job",
    );
    assert.deepEqual(job, {
      name: "work",
      state: "ready",
      queue: "default",
      priority: 0,
      retries: 0,
      attempt: 0,
      timeout_ms: null,
      concurrency_key: null,
      exclusive: false,
      payload: {},
      in_order: true,
    });
  });

  test("what is given is stored as it is", async () => {
    const database = await open();
    const id = newId();
    const text = { source: "app.ts", traceparent: "00-1-2-01", tracestate: "a=b", created_by: "me" };
    const job = { name: "n", id, queue: "q", priority: -7, retries: 3, timeout_ms: 5_000, key: "k", payload: { a: [1, "é🪰"] }, ...text };
    assert.deepEqual(await outcomes(database, [job]), ["enqueued"]);
    const [stored] = await database.sql(
      "select id, name, queue, priority, retries, timeout_ms, concurrency_key as key, exclusive, payload, source, traceparent, tracestate, created_by from mayfly.job",
    );
    assert.deepEqual(stored, { ...job, exclusive: true });
  });

  test("a delay and a time in the future schedule, a time in the past does not", async () => {
    const database = await open();
    await enqueue(database, [
      { name: "delayed", delay_ms: 60_000 },
      { name: "at", run_at: "2999-01-01T00:00:00Z" },
      { name: "late", run_at: "2001-01-01T00:00:00Z" },
    ]);
    const rows = await database.sql("select name, state, ready_at is null as unready from mayfly.job order by name");
    assert.deepEqual(rows, [
      { name: "at", state: "scheduled", unready: true },
      { name: "delayed", state: "scheduled", unready: true },
      { name: "late", state: "ready", unready: false },
    ]);
  });

  test("an id goes in once: while its job lives, after it has ended, and within a batch", async () => {
    const database = await open();
    const id = newId();
    assert.deepEqual(await outcomes(database, [{ name: "work", id }]), ["enqueued"]);
    const [again] = await enqueue(database, [{ name: "other", id }]);
    assert.deepEqual([again?.outcome, again?.existing_id], ["duplicate", id]);
    await finish(database);
    const [late] = await enqueue(database, [{ name: "work", id }]);
    assert.deepEqual([late?.outcome, late?.existing_id], ["duplicate", id]);
    const twice = newId();
    assert.deepEqual(await outcomes(database, [{ name: "a", id: twice }, { name: "b", id }, { name: "c", id: twice }, { name: "d" }]), [
      "enqueued",
      "duplicate",
      "duplicate",
      "enqueued",
    ]);
    assert.deepEqual(await database.sql("select name from mayfly.job order by name"), [{ name: "a" }, { name: "d" }]);
  });

  test("an id of another version is found among results of any day", async () => {
    const database = await open();
    const id = "a8098c1a-f86e-41da-bd1a-00112444be1e";
    await enqueue(database, [{ name: "work", id }]);
    await finish(database);
    await database.sql("update mayfly.result set slot = ((slot + 9) % 32)::smallint");
    assert.deepEqual(await outcomes(database, [{ name: "work", id }]), ["duplicate"]);
  });

  test("a key is held by one live job of its name, whoever comes second is told by which", async () => {
    const database = await open();
    const [first] = await enqueue(database, [{ name: "work", key: "k" }]);
    const [second] = await enqueue(database, [{ name: "work", key: "k" }]);
    assert.deepEqual([second?.outcome, second?.existing_id], ["blocked", first?.id]);
    assert.deepEqual(
      await outcomes(database, [
        { name: "other", key: "k" },
        { name: "work", key: "" },
        { name: "work", key: "l" },
        { name: "work", key: "l" },
      ]),
      ["enqueued", "enqueued", "enqueued", "blocked"],
    );
    await finish(database);
    assert.deepEqual(await outcomes(database, [{ name: "work", key: "k" }]), ["enqueued"]);
  });

  test("a limit holds for the name and key, or for the whole name; running ones count too", async () => {
    const database = await open();
    const limited = { name: "work", key: "k", limit: 2 };
    assert.deepEqual(await outcomes(database, [limited, limited, limited]), ["enqueued", "enqueued", "limited"]);
    await claim(database.store, { slots: 1 });
    const [refused] = await enqueue(database, [limited]);
    assert.deepEqual([refused?.outcome, refused?.pending, refused?.running, refused?.existing_id], ["limited", 1, 1, null]);
    assert.deepEqual(await outcomes(database, [{ ...limited, key: "other" }]), ["enqueued"]);
    assert.deepEqual(await outcomes(database, [{ name: "work", limit: 3 }]), ["limited"]);
    assert.deepEqual(await outcomes(database, [{ name: "work", limit: 4 }, { name: "plain" }]), ["enqueued", "enqueued"]);
  });

  test("a repeat of one that went in under a limit is a duplicate, not limited", async () => {
    const database = await open();
    const id = newId();
    const limited = { name: "work", id, key: "k", limit: 1 };
    assert.deepEqual(await outcomes(database, [limited]), ["enqueued"]);
    assert.deepEqual(await outcomes(database, [limited]), ["duplicate"]);
    await finish(database);
    assert.deepEqual(await outcomes(database, [limited]), ["duplicate"]);
    assert.deepEqual(await database.sql("select id from mayfly.job"), []);
  });

  test("an expectation lets in while no count is higher, and tells the counts when one is", async () => {
    const database = await open();
    const expecting = (pending: number, running: number) => ({ name: "work", key: "k", expect: { pending, running } });
    assert.deepEqual(await outcomes(database, [expecting(0, 0)]), ["enqueued"]);
    const [refused] = await enqueue(database, [expecting(0, 0)]);
    assert.deepEqual([refused?.outcome, refused?.pending, refused?.running], ["conflict", 1, 0]);
    await claim(database.store, { slots: 1 });
    assert.deepEqual(await outcomes(database, [expecting(1, 0)]), ["conflict"]);
    assert.deepEqual(await outcomes(database, [expecting(0, 1), expecting(1, 1)]), ["enqueued", "enqueued"]);
  });

  test("strict raises for each that does not go in, and takes all back", async () => {
    const database = await open();
    const [{ id = "" } = {}] = await enqueue(database, [{ name: "work", key: "k" }]);
    const states: Record<string, unknown> = {
      MF001: [{ name: "new" }, { name: "work", id }],
      MF002: [{ name: "new" }, { name: "work", key: "k" }],
      MF003: [{ name: "new" }, { name: "work", key: "k", limit: 1 }],
    };
    for (const [code, jobs] of Object.entries(states)) await assert.rejects(enqueue(database, jobs, ", true"), { code });
    await assert.rejects(enqueue(database, [{ name: "work", key: "k", expect: { pending: 0, running: 0 } }], ", true"), { code: "MF003" });
    assert.deepEqual(await database.sql("select name from mayfly.job"), [{ name: "work" }]);
    assert.deepEqual(await outcomes(database, [...(states.MF002 as object[]), ...(states.MF003 as object[])], ", true, true"), [
      "enqueued",
      "blocked",
      "enqueued",
      "limited",
    ]);
    await assert.rejects(enqueue(database, states.MF001, ", true, true"), { code: "MF001" });
  });

  test("refuses what is no array, is too long, or comes in another isolation", async () => {
    const database = await open();
    await assert.rejects(enqueue(database, { name: "work" }), { code: "22023" });
    await assert.rejects(
      enqueue(
        database,
        Array.from({ length: 10_001 }, () => ({ name: "work" })),
      ),
      { code: "54000" },
    );
    assert.deepEqual(await enqueue(database, []), []);
    const [text, params] = database.store.enqueueStatement([newJob()], false);
    for (const isolation of ["repeatable read", "serializable"] as const) {
      await assert.rejects(
        database.driver.transaction([{ text, params }], { isolation }),
        (error) => error instanceof DriverError && error.sqlState === "0A000",
      );
    }
  });

  test("what no row may hold is refused", async () => {
    const database = await open();
    for (const job of [
      {},
      { name: "" },
      { name: "x".repeat(256) },
      { name: "work", queue: "" },
      { name: "work", priority: 40_000 },
      { name: "work", key: "k".repeat(256) },
      { name: "work", run_at: "infinity" },
      { name: "work", expires_at: "-infinity" },
      { name: "work", retries: -1 },
      { name: "work", retries: 32_767 },
      { name: "work", timeout_ms: 0 },
      { name: "work", running_limit: 0 },
    ]) {
      await assert.rejects(enqueue(database, [job]), { code: /^2/ });
    }
    assert.deepEqual(await database.sql("select id from mayfly.job"), []);
  });

  test("counts of live jobs are of a name and key, or of the name", async () => {
    const { store } = await open();
    await store.enqueue([
      newJob({ key: "a", limit: 9 }),
      newJob({ key: "a", limit: 9, delayMs: 60_000 }),
      newJob({ key: "b" }),
      newJob({ name: "other", key: "a" }),
      newJob(),
    ]);
    await claim(store, { slots: 1 });
    assert.deepEqual(
      await store.liveCounts([
        { name: "work", key: "a" },
        { name: "work", key: "b" },
        { name: "work", key: null },
        { name: "none", key: null },
      ]),
      [
        { pending: 1, running: 1 },
        { pending: 1, running: 0 },
        { pending: 2, running: 1 },
        { pending: 0, running: 0 },
      ],
    );
  });
});
