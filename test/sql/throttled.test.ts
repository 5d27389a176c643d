/**
 * Running limits: at most so many of a name and key run at a time, and the others wait, throttled, out of the way.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { storeOver } from "../support/database.ts";
import { onEachPostgres, onEachServer } from "../support/each-postgres.ts";
import type { NewJobFields } from "../support/samples.ts";
import { claim, enqueueEach, failure, hookDone, newTick, success } from "../support/samples.ts";
import { begin } from "../support/stranger.ts";

const limited = (key: string | null, more: NewJobFields = {}): NewJobFields => ({ key, runningLimit: 2, ...more });
const idsOf = ({ jobs }: { readonly jobs: readonly { readonly id: string }[] }) => jobs.map(({ id }) => id);
const THROTTLED = "select id, reason from mayfly.scheduled order by id";

onEachPostgres((open) => {
  describe("a running limit", () => {
    test("lets that many run, throttles the others, and whatever is behind them is claimed", async () => {
      const database = await open();
      const ids = await enqueueEach(database, [limited("k"), limited("k"), limited("k"), limited("k"), limited("other"), {}]);
      const turn = await claim(database.store, { slots: 6 });
      assert.deepEqual(idsOf(turn).sort(), [ids[0], ids[1], ids[4], ids[5]].sort());
      assert.equal(turn.setAside, 2);
      assert.deepEqual(await database.sql(THROTTLED), [
        { id: ids[2], reason: "throttled" },
        { id: ids[3], reason: "throttled" },
      ]);
      assert.deepEqual((await claim(database.store)).jobs, []);
      assert.equal((await database.store.tick(newTick())).ready, false);
    });

    test("moves those right behind the head out of the way, too", async () => {
      const database = await open();
      await enqueueEach(
        database,
        Array.from({ length: 30 }, () => limited("k")),
      );
      const [plain] = await enqueueEach(database, [{}]);
      const { jobs, setAside } = await claim(database.store, { slots: 3 });
      assert.equal(setAside, 28);
      assert.ok(idsOf({ jobs }).includes(plain ?? ""));
    });

    test("is the name's where there is no key", async () => {
      const database = await open();
      await enqueueEach(database, [limited(null), limited(null), limited(null), { name: "other", ...limited(null) }]);
      const { jobs } = await claim(database.store, { names: ["work", "other"] });
      assert.deepEqual(jobs.map(({ name }) => name).sort(), ["other", "work", "work"]);
      assert.ok(jobs.every(({ key }) => key === null));
    });

    test("counts an attempt's hook, but no job that has ended", async () => {
      const database = await open();
      const [id = "", other = "", third = ""] = await enqueueEach(database, [limited("k"), limited("k"), limited("k")]);
      const { workerId, claimId } = await claim(database.store, { hookNames: ["work"] });
      await claim(database.store, { slots: 0, workerId, settle: [{ ...failure(id, claimId), hasHook: true }] });
      const next = await claim(database.store, { hookNames: ["work"] });
      assert.deepEqual(Object.fromEntries(next.jobs.map((job) => [job.id, job.hook])), { [id]: "errored", [third]: null });
      await claim(database.store, { slots: 0, workerId: next.workerId, settle: [hookDone(id, next.claimId)] });
      await claim(database.store, { slots: 0, workerId, settle: [success(other, claimId)] });
      assert.deepEqual(await database.sql("select id from mayfly.live"), [{ id: third }]);
    });
  });

  describe("a place that becomes free", () => {
    test("lets in the next job by priority, which the same turn can claim", async () => {
      const database = await open();
      const [a = "", b = "", low = "", high = ""] = await enqueueEach(database, [
        limited("k", { priority: 9 }),
        limited("k", { priority: 9, retries: 1 }),
        limited("k"),
        limited("k", { priority: 5 }),
      ]);
      const { workerId, claimId } = await claim(database.store);
      assert.deepEqual(idsOf(await claim(database.store, { workerId, settle: [success(a, claimId)] })), [high]);
      assert.deepEqual(idsOf(await claim(database.store, { workerId, settle: [failure(b, claimId, 60_000)] })), [low]);
    });

    test("keeps the order of those that wait", async () => {
      const database = await open();
      const ids = await enqueueEach(
        database,
        [1, 2, 3, 4].map(() => ({ key: "k", runningLimit: 1 })),
      );
      const order: string[] = [];
      let turn = await claim(database.store, { slots: 5 });
      while (turn.jobs.length > 0) {
        order.push(...idsOf(turn));
        const settle = turn.jobs.map(({ id }) => success(id, turn.claimId));
        turn = await claim(database.store, { workerId: turn.workerId, slots: 5, settle });
      }
      assert.deepEqual(order, ids);
    });

    test("is given back by a rescue", async () => {
      const database = await open();
      const ids = await enqueueEach(database, [limited("k"), limited("k"), limited("k")]);
      await claim(database.store);
      await database.sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour'");
      assert.equal((await database.store.tick(newTick())).ready, true);
      assert.deepEqual(idsOf(await claim(database.store)), [ids[2]]);
    });

    test("that nobody gave back is found by maintenance", async () => {
      const database = await open();
      const ids = await enqueueEach(database, [limited("k"), limited("k"), limited("k")]);
      await claim(database.store);
      await database.sql("delete from mayfly.running");
      assert.equal((await database.store.tick(newTick())).maintenanceDue, true);
      await database.store.maintain(null, 500);
      assert.deepEqual(idsOf(await claim(database.store)), [ids[2]]);
    });

    test("by a cancel of a job that had been let in is found by maintenance", async () => {
      const database = await open();
      const [first = "", second = "", third = ""] = await enqueueEach(
        database,
        [1, 2, 3].map(() => ({ key: "k", runningLimit: 1 })),
      );
      const { workerId, claimId } = await claim(database.store);
      await claim(database.store, { workerId, slots: 0, settle: [success(first, claimId)] });
      assert.equal(await database.store.cancel(second), "cancelled");
      await database.store.maintain(null, 500);
      assert.deepEqual(await database.sql("select state from mayfly.live where id = $1", [third]), [{ state: "ready" }]);
    });
  });

  describe("a throttled job", () => {
    test("can be cancelled", async () => {
      const database = await open();
      const ids = await enqueueEach(database, [limited("k"), limited("k"), limited("k")]);
      await claim(database.store);
      assert.equal(await database.store.cancel(ids[2] ?? ""), "cancelled");
      assert.deepEqual(await database.sql(THROTTLED), []);
      assert.deepEqual(await database.sql("select outcome from mayfly.result"), [{ outcome: "cancelled" }]);
    });

    test("expires", async () => {
      const database = await open();
      await enqueueEach(database, [limited("k"), limited("k"), limited("k", { expiresMs: 60_000 })]);
      await claim(database.store);
      await database.sql("update mayfly.scheduled set expires_at = now() - interval '1 second'");
      assert.equal((await database.store.maintain(null, 500)).expired, 1);
      assert.deepEqual(await database.sql(THROTTLED), []);
    });
  });
});

onEachServer((open) => {
  describe("while somebody else holds the lock of a running limit", () => {
    test("a claim leaves its jobs, says that it is busy, and waits for nothing", async () => {
      const database = await open();
      const [waiting = "", plain = ""] = await enqueueEach(database, [limited("k"), {}]);
      const other = await database.pool.connect();
      try {
        await other.query("begin");
        await other.query("select mayfly.lock_running_limit('work', 'k')");
        const turn = await claim(database.store);
        assert.deepEqual(idsOf(turn), [plain]);
        assert.equal(turn.busy, true);
        const again = await claim(database.store, { workerId: turn.workerId, watermarks: turn.watermarks });
        assert.deepEqual(idsOf(again), []);
        await other.query("commit");
        const late = await claim(database.store, { workerId: turn.workerId, watermarks: again.watermarks });
        assert.deepEqual(idsOf(late), [waiting]);
      } finally {
        other.release();
      }
    });

    test("a claim does not wait either where that transaction has just inserted the lock row", async () => {
      const database = await open();
      const [, plain = ""] = await enqueueEach(database, [limited("k"), {}]);
      await using other = await begin(database, "select mayfly.lock_running_limit('work', 'k')");
      await using own = await begin(database, "set local statement_timeout = '2s'");
      const turn = await claim(storeOver(own.client));
      assert.deepEqual([idsOf(turn), turn.busy], [[plain], true]);
      await own.commit();
      await other.rollback();
    });

    test("a turn that met an expired job of that limit waits for nothing", async () => {
      const database = await open();
      await enqueueEach(database, [limited("k", { expiresMs: 60_000 })]);
      await database.sql("update mayfly.ready set expires_at = now() - interval '1 second'");
      await database.sql("select mayfly.lock_running_limit('work', 'k')");
      const other = await database.pool.connect();
      try {
        await other.query("begin");
        await other.query("select mayfly.lock_running_limit('work', 'k')");
        assert.equal((await claim(database.store)).setAside, 1);
      } finally {
        await other.query("rollback");
        other.release();
      }
    });
  });
});
