/**
 * The watermarks of mayfly.turn_v1: they keep a worker's next turns from reading dead rows once more, and hide little else, never for long.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TurnReply } from "../../src/store/turn.ts";
import { onEachPostgres, type SqlDatabase } from "../support/each-postgres.ts";
import { claim, enqueueEach, failure, holdAll, success } from "../support/samples.ts";

/** As if these waiting jobs had become ready so long ago, and were committed only now. */
async function backdate({ sql }: SqlDatabase, ids: string[], age: string): Promise<void> {
  for (const table of ["ready", "scheduled"])
    await sql(`update mayfly.${table} set ready_at = now() - $2::interval where id = any ($1)`, [ids, age]);
}

const idsOf = ({ jobs }: Pick<TurnReply, "jobs">) => jobs.map(({ id }) => id);

onEachPostgres((open) => {
  describe("what watermarks hide", () => {
    test("of a priority that was claimed from: what became ready before the oldest job claimed", async () => {
      const database = await open();
      const { watermarks, workerId } = await holdAll(database, [{}, { priority: 5 }]);
      const [late = "", lower = ""] = await enqueueEach(database, [{}, { priority: -1 }]);
      await backdate(database, [late, lower], "1 hour");
      assert.deepEqual(idsOf(await claim(database.store, { workerId, watermarks })), [lower]);
      assert.deepEqual(idsOf(await claim(database.store, { workerId })), [late]);
    });

    test("of a priority that had nothing: what is older than two seconds", async () => {
      const database = await open();
      const { watermarks, workerId } = await holdAll(database, [{}, { priority: 5 }]);
      const [old = "", young = "", above = ""] = await enqueueEach(database, [{ priority: 1 }, { priority: 1 }, { priority: 6 }]);
      await backdate(database, [old], "1 hour");
      await backdate(database, [young, above], "0.1 seconds");
      assert.deepEqual(idsOf(await claim(database.store, { workerId, watermarks })).sort(), [young, above].sort());
      assert.deepEqual(idsOf(await claim(database.store, { workerId })), [old]);
    });

    test("with many priorities: nothing, rather than to keep many", async () => {
      const database = await open();
      const { watermarks, workerId } = await holdAll(
        database,
        Array.from({ length: 30 }, (_, index) => ({ priority: 2 * index })),
      );
      const [late = ""] = await enqueueEach(database, [{}]);
      await backdate(database, [late], "1 hour");
      assert.deepEqual(idsOf(await claim(database.store, { workerId, watermarks })), [late]);
    });
  });

  describe("what watermarks never hide", () => {
    test("what became ready since the time that a notification named", async () => {
      const database = await open();
      const { watermarks, workerId } = await holdAll(database, [{}]);
      const [late = "", older = ""] = await enqueueEach(database, [{}, {}]);
      await backdate(database, [late], "20 seconds");
      await backdate(database, [older], "1 hour");
      const readyFrom = Date.now() - 30_000;
      assert.deepEqual(idsOf(await claim(database.store, { workerId, watermarks, readyFrom })), [late]);
    });

    test("a job that falls due, however old", async () => {
      const database = await open();
      const { watermarks } = await holdAll(database, [{}, { delayMs: 60_000 }]);
      await database.sql("update mayfly.scheduled set run_at = now(), ready_at = now() - interval '1 hour'");
      assert.equal((await claim(database.store, { watermarks })).jobs.length, 1);
    });

    test("what a turn has made ready and not claimed", async () => {
      const database = await open();
      const limited = { key: "k", runningLimit: 1 };
      const [first = "", second = "", , due = ""] = await enqueueEach(database, [limited, limited, {}, { delayMs: 60_000 }]);
      const { watermarks, workerId, claimId } = await claim(database.store);
      await database.sql("update mayfly.scheduled set run_at = now() where reason = 'due'");
      await backdate(database, [second, due], "1 hour");
      const settled = await claim(database.store, { workerId, watermarks, slots: 0, settle: [success(first, claimId)] });
      const next = await claim(database.store, { workerId, watermarks: settled.watermarks });
      assert.deepEqual(idsOf(next).sort(), [second, due].sort());
    });

    test("what a turn has let in: it comes before what is ready, in order", async () => {
      const database = await open();
      const limited = { key: "k", runningLimit: 1 };
      const [first = "", second = ""] = await enqueueEach(database, [limited, limited, {}]);
      const { watermarks, workerId, claimId } = await claim(database.store);
      const [high = "", low = ""] = await enqueueEach(database, [{ priority: 1 }, {}]);
      const turn = { workerId, settle: [success(first, claimId)], watermarks };
      assert.deepEqual(idsOf(await claim(database.store, { ...turn, slots: 2 })).sort(), [second, high].sort());
      assert.deepEqual(idsOf(await claim(database.store, { workerId, watermarks })), [low]);
    });

    test("a retry that is ready at once", async () => {
      const database = await open();
      const { ids, workerId, claimId, watermarks } = await holdAll(database, [{ retries: 1 }]);
      const settle = [failure(ids[0] ?? "", claimId, 0)];
      const settled = await claim(database.store, { workerId, watermarks, slots: 0, settle });
      assert.deepEqual(idsOf(await claim(database.store, { workerId, watermarks: settled.watermarks })), ids);
    });

    test("a job that was given back, however old", async () => {
      const database = await open();
      const [id = ""] = await enqueueEach(database, [{}]);
      await backdate(database, [id], "1 hour");
      const { workerId, claimId } = await claim(database.store);
      await enqueueEach(database, [{}]);
      const later = await claim(database.store, { workerId });
      const settle = [success(id, claimId, { outcome: "released", countsAsAttempt: false })];
      const settled = await claim(database.store, { workerId, watermarks: later.watermarks, slots: 0, settle });
      assert.deepEqual(idsOf(await claim(database.store, { workerId, watermarks: settled.watermarks })), [id]);
    });

    test("what a turn had to leave at the head", async () => {
      const database = await open();
      const [unknown = ""] = await enqueueEach(database, [{ name: "unknown" }, { priority: 1 }]);
      await backdate(database, [unknown], "1 hour");
      const { watermarks, workerId } = await claim(database.store, { park: false });
      assert.deepEqual(idsOf(await claim(database.store, { workerId, watermarks, names: ["unknown"] })), [unknown]);
    });

    test("what did not fit into a claim's bytes", async () => {
      const database = await open();
      const large = { payload: { text: "x".repeat(70_000) } };
      const ids = await enqueueEach(database, [large, large]);
      await backdate(database, ids, "1 hour");
      const { watermarks, workerId } = await claim(database.store, { maxBytes: 80_000 });
      assert.equal((await claim(database.store, { workerId, watermarks, maxBytes: 80_000 })).jobs.length, 1);
    });

    test("the jobs of a claim that a second row of an id has spoilt", async () => {
      const database = await open();
      await holdAll(database, [{}]);
      const [other = ""] = await enqueueEach(database, [{}]);
      await database.sql(
        `insert into mayfly.ready (id, partition, queue, name, priority, retries, ready_at)
         select r.id, r.partition, r.queue, r.name, r.priority, r.retries, r.ready_at from mayfly.running r`,
      );
      await backdate(database, [other], "1 hour");
      const first = await claim(database.store);
      const second = await claim(database.store, { workerId: first.workerId, watermarks: first.watermarks });
      assert.deepEqual([...idsOf(first), ...idsOf(second)], [other]);
    });
  });

  test("a turn without presence keeps the watermarks that it was given, of all that it did not claim from", async () => {
    const database = await open();
    const { workerId, watermarks } = await holdAll(database, [{}]);
    const quiet = await database.store.turn({
      workerId,
      claimId: workerId,
      slots: 5,
      capacity: { queues: ["default"], names: ["work"], hookNames: [], maxTimeoutMs: 60_000, maxBytes: 1_000_000, park: true },
      settle: [],
      watermarks,
      readyFrom: null,
      presence: null,
    });
    assert.deepEqual(quiet.watermarks, watermarks);
  });
});
