/**
 * mayfly.enqueue_once_v1: a request is answered once, and its repeats as it was.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { RequestKey } from "../../src/store/store.ts";
import { onEachPostgres, type SqlDatabase } from "../support/each-postgres.ts";
import { newId, newJob } from "../support/samples.ts";

const request = (more: Partial<RequestKey> = {}): RequestKey => ({ id: newId(), digest: "a", ...more });

const jobsOf = ({ sql }: SqlDatabase) => sql<{ id: string }>("select id from mayfly.job order by id");

onEachPostgres((open) => {
  test("a repeat is answered as the first time, and enqueues nothing", async () => {
    const database = await open();
    const key = request();
    const jobs = [newJob({ key: "k" }), newJob({ key: "k" }), newJob({ limit: 1, name: "limited" }), newJob({ limit: 1, name: "limited" })];
    const first = await database.store.enqueueOnce(key, jobs);
    assert.deepEqual(
      [first.replayed, first.replies.map(({ outcome }) => outcome), first.replies[1]?.existingId],
      [false, ["enqueued", "blocked", "enqueued", "limited"], jobs[0]?.id],
    );
    await database.sql("delete from mayfly.job");
    const others = jobs.map((job) => ({ ...job, id: newId() }));
    assert.deepEqual(await database.store.enqueueOnce(key, others), { ...first, replayed: true });
    assert.deepEqual(await jobsOf(database), []);
  });

  test("20 copies at once enqueue once, and one of them is the first", async () => {
    const database = await open();
    const key = request();
    const told = await Promise.all(Array.from({ length: 20 }, () => database.store.enqueueOnce(key, [newJob()])));
    const [job, ...others] = await jobsOf(database);
    assert.equal(others.length, 0);
    assert.deepEqual(
      told.map(({ replies }) => replies),
      told.map(() => [{ id: job?.id, outcome: "enqueued" }]),
    );
    assert.equal(told.filter(({ replayed }) => !replayed).length, 1);
  });

  test("the same key for something else is refused, also while the first is under way", async () => {
    const database = await open();
    const key = request();
    const told = await Promise.allSettled(["a", "b", "c"].map((digest) => database.store.enqueueOnce({ ...key, digest }, [newJob()])));
    assert.deepEqual(told.map(({ status }) => status).sort(), ["fulfilled", "rejected", "rejected"]);
    for (const one of told) if (one.status === "rejected") assert.equal((one.reason as { code?: string }).code, "idempotency_key_reused");
    assert.equal((await jobsOf(database)).length, 1);
  });

  test("those left out are remembered in their place, also where all are", async () => {
    const database = await open();
    const jobs = [{ id: newId(), skipped: true } as const, newJob(), { id: newId(), skipped: true } as const, newJob()];
    for (const [list, outcomes] of [
      [jobs, ["skipped", "enqueued", "skipped", "enqueued"]],
      [jobs.slice(0, 1), ["skipped"]],
    ] as const) {
      const key = request();
      const first = await database.store.enqueueOnce(key, list);
      assert.deepEqual(
        first.replies.map(({ id, outcome }) => [id, outcome]),
        list.map(({ id }, index) => [id, outcomes[index]]),
      );
      assert.deepEqual(await database.store.enqueueOnce(key, [newJob()]), { ...first, replayed: true });
    }
  });

  test("with one overtaken nothing goes in and nothing is remembered, and the counts say why", async () => {
    const database = await open();
    await database.store.enqueue([newJob({ name: "counted", expect: { pending: 9, running: 9 } })]);
    const key = request();
    const expecting = (pending: number) => [newJob(), newJob({ name: "counted", expect: { pending, running: 0 } })];
    const told = await database.store.enqueueOnce(key, expecting(0));
    assert.deepEqual(
      told.replies.map(({ outcome, pending }) => [outcome, pending]),
      [
        ["enqueued", undefined],
        ["conflict", 1],
      ],
    );
    assert.equal((await jobsOf(database)).length, 1);
    assert.deepEqual(await database.sql("select id from mayfly.idempotency_key"), []);
    assert.deepEqual(
      (await database.store.enqueueOnce(key, expecting(1))).replies.map(({ outcome }) => outcome),
      ["enqueued", "enqueued"],
    );
  });

  test("what cannot be enqueued leaves its key unused", async () => {
    const database = await open();
    const key = request();
    await assert.rejects(database.store.enqueueOnce(key, [newJob({ name: "n".repeat(300) })]), { code: "database_error" });
    assert.equal((await database.store.enqueueOnce(key, [newJob()])).replayed, false);
  });
});
