/**
 * A rescue that cannot be done keeps nothing else of its tick from being done.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "../../src/app/system-clock.ts";
import { operatorStore } from "../../src/postgres/operator/operator-store.ts";
import { onEachServer } from "../support/each-postgres.ts";
import { claim, newJob, newTick } from "../support/samples.ts";
import { begin } from "../support/stranger.ts";

onEachServer((open) => {
  describe("a rescue that needs what a stranger holds", () => {
    const set = { application: "app", hash: "one" };

    /** A dead worker's job under a running limit, whose lock a stranger holds; and a job and a schedule that are due. */
    async function arrange() {
      const database = await open();
      await database.store.announceSchedules(set, [{ name: "daily", nextAt: new Date(0).toISOString(), definition: {} }]);
      await database.store.enqueue([newJob({ key: "k", runningLimit: 1 })]);
      const dead = await claim(database.store);
      await database.sql("update mayfly.worker set heartbeat_at = now() - interval '91 seconds' where id = $1", [dead.workerId]);
      await database.store.enqueue([newJob()]);
      const stranger = await begin(database, "select mayfly.lock_running_limit('work', 'k')");
      const { diagnose } = operatorStore({ ...database, clock: systemClock, heartbeatTimeoutMs: 90_000, retentionDays: 7 });
      const duties = async () => (await diagnose()).failedDuties.map(({ duty, sqlState }) => [duty, sqlState]);
      return { database, stranger, duties, tick: () => database.store.tick(newTick({ set })) };
    }

    test("fails alone: the tick says so, and which schedules are due and whether work waits", async () => {
      const { stranger, tick } = await arrange();
      await using _ = stranger;
      const { lost, more, ready, due, failed } = await tick();
      assert.deepEqual([lost, more, ready, due.map(({ name }) => name)], [0, false, true, ["daily"]]);
      assert.deepEqual(
        failed.map(({ duty, sqlState }) => [duty, sqlState]),
        [["rescue", "55P03"]],
      );
    });

    test("is seen by the doctor until a later tick has done it", async () => {
      const { stranger, tick, duties } = await arrange();
      await using _ = stranger;
      await tick();
      assert.deepEqual(await duties(), [["rescue", "55P03"]]);
      await stranger.rollback();
      const { lost, failed } = await tick();
      assert.deepEqual([lost, failed, await duties()], [1, [], []]);
    });
  });
});
