/**
 * The marks of mayfly.turn_v1: they keep a worker's next turns from looking through dead rows once more, and hide little else, never for long.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TurnReply } from "../../src/store/store.ts";
import { onEachPostgres, type SqlDatabase } from "../support/each-postgres.ts";
import { claim, enqueueEach, holdAll, success } from "../support/samples.ts";

/** As if they had become ready so long ago, and were committed only now. */
const backdate = ({ sql }: SqlDatabase, ids: string[], age: string) =>
  sql("update mayfly.job set ready_at = now() - $2::interval where id = any ($1)", [ids, age]);
const idsOf = ({ jobs }: TurnReply) => jobs.map(({ id }) => id);

onEachPostgres((open) => {
  test("marks hide what became ready before the oldest job claimed, and nothing of priorities that were not reached", async () => {
    const database = await open();
    const { marks, workerId } = await holdAll(database, [{}, { priority: 5 }]);
    const [late = "", lower = ""] = await enqueueEach(database, [{}, { priority: -1 }]);
    await backdate(database, [late, lower], "1 hour");
    assert.deepEqual(idsOf(await claim(database.store, { workerId, marks })), [lower]);
    assert.deepEqual(idsOf(await claim(database.store, { workerId })), [late]);
  });

  test("of priorities that had nothing marks hide what is older than two seconds", async () => {
    const database = await open();
    const { marks, workerId } = await holdAll(database, [{}, { priority: 5 }]);
    const [old = "", young = "", above = ""] = await enqueueEach(database, [{ priority: 1 }, { priority: 1 }, { priority: 6 }]);
    await backdate(database, [old], "1 hour");
    await backdate(database, [young, above], "0.1 seconds");
    assert.deepEqual(idsOf(await claim(database.store, { workerId, marks })).sort(), [young, above].sort());
    assert.deepEqual(idsOf(await claim(database.store, { workerId })), [old]);
  });

  test("marks hide no job that falls due, however old", async () => {
    const database = await open();
    const { marks } = await holdAll(database, [{}, { delayMs: 60_000 }]);
    await database.sql("update mayfly.job set run_at = now(), ready_at = now() - interval '1 hour' where state = 'scheduled'");
    assert.equal((await claim(database.store, { marks })).jobs.length, 1);
  });

  test("what a turn has made ready but not claimed is not hidden from the next one", async () => {
    const database = await open();
    const capped = { key: "k", runningLimit: 1 };
    const [first = "", second = "", , due = ""] = await enqueueEach(database, [capped, capped, {}, { delayMs: 60_000 }]);
    const { marks, workerId, claimId } = await claim(database.store);
    await database.sql("update mayfly.job set run_at = now() where state = 'scheduled' and not held");
    await backdate(database, [second, due], "1 hour");
    const settled = await claim(database.store, { workerId, marks, slots: 0, settle: [success(first, claimId)] });
    const next = await claim(database.store, { workerId, marks: settled.marks });
    assert.deepEqual(idsOf(next).sort(), [second, due].sort());
  });

  test("what a turn has let in comes before what is ready, in order", async () => {
    const database = await open();
    const capped = { key: "k", runningLimit: 1 };
    const [first = "", second = ""] = await enqueueEach(database, [capped, capped, {}]);
    const { marks, workerId, claimId } = await claim(database.store);
    const [high = "", low = ""] = await enqueueEach(database, [{ priority: 1 }, {}]);
    const turn = { workerId, settle: [success(first, claimId)], marks };
    assert.deepEqual(idsOf(await claim(database.store, { ...turn, slots: 2 })).sort(), [second, high].sort());
    assert.deepEqual(idsOf(await claim(database.store, { workerId, marks })), [low]);
  });

  test("what a turn had to leave at the head is not hidden from the next one", async () => {
    const database = await open();
    const [unknown = ""] = await enqueueEach(database, [{ name: "unknown" }, { priority: 1 }]);
    await backdate(database, [unknown], "1 hour");
    const { marks, workerId } = await claim(database.store, { park: false });
    assert.deepEqual(idsOf(await claim(database.store, { workerId, marks, names: ["unknown"] })), [unknown]);
  });

  test("a worker that is about to leave looks before the marks too", async () => {
    const database = await open();
    const { marks, workerId, ids, claimId } = await holdAll(database, [{}]);
    const [late = "", due = ""] = await enqueueEach(database, [{}, { delayMs: 60_000 }]);
    await backdate(database, [late], "1 hour");
    await database.sql("update mayfly.job set run_at = now() - interval '1 hour' where id = $1", [due]);
    const settle = [success(ids[0] ?? "", claimId)];
    assert.deepEqual(idsOf(await claim(database.store, { workerId, marks, leave: false })), []);
    assert.deepEqual(idsOf(await claim(database.store, { workerId, marks, leave: true, settle })).sort(), [late, due].sort());
  });

  test("many priorities end in no marks, rather than in many", async () => {
    const database = await open();
    const { marks, workerId } = await holdAll(
      database,
      Array.from({ length: 30 }, (_, index) => ({ priority: 2 * index })),
    );
    const [late = ""] = await enqueueEach(database, [{}]);
    await backdate(database, [late], "1 hour");
    assert.deepEqual(idsOf(await claim(database.store, { workerId, marks })), [late]);
  });
});
