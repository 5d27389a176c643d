/**
 * A workerd that is killed in the middle of what it does and started again, over a real Postgres: nothing is lost, nothing runs twice, and the next cron
 * knows. Its Durable Objects come back with what they have stored.
 * @module
 */
import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import { pgDatabase } from "../../src/dev/neon-endpoint/database.ts";
import { type NeonEndpoint, startNeonEndpoint } from "../../src/dev/neon-endpoint/server.ts";
import { until } from "../support/condition.ts";
import { useDatabase } from "../support/database.ts";
import { faultyEngine, HOUR, MINUTE } from "../support/faulty-engine.ts";
import { openGate } from "../support/gate.ts";
import { type KillableWorker, killableWorker } from "../support/killable-worker.ts";

let endpoint: NeonEndpoint;
let worker: KillableWorker;
/** Called once an enqueue is committed; its reply is never sent. */
let swallow: (() => void) | undefined;

const database = useDatabase(async (database) => {
  const inner = pgDatabase(database.pool);
  endpoint = await startNeonEndpoint({
    database: {
      async query(statement) {
        const answer = await inner.query(statement);
        if (!swallow || !/enqueue/.test(statement.query)) return answer;
        swallow();
        return await new Promise(() => {});
      },
      batch: (statements, mode) => inner.batch(statements, mode),
    },
  });
  worker = await killableWorker("test/adapters/workers/faults.toml", {
    DATABASE_URL: `postgresql://user:password@${new URL(endpoint.url).host}/db`,
    MAYFLY_NEON_ENDPOINT: endpoint.url,
    MAYFLY_OPERATOR_TOKENS: "token-of-a-test",
  });
  await worker.start();
});
after(async () => {
  await worker.close();
  await endpoint.close();
});

const engine = faultyEngine(
  () => database,
  () => ({ send: (path, init) => worker.fetch(path, init), cron: () => worker.cron() }),
);
const { cron, ended, outcomes, pass, set } = engine;
beforeEach(async () => {
  swallow = undefined;
  await engine.fresh();
});

async function restart(): Promise<void> {
  await worker.kill();
  swallow = undefined;
  await worker.start();
}

/** Enqueues, and kills the process between the commit and its reply. The ledger has been told beside the write, or `told` is false. */
async function dieAfterCommit(job: object, told = true): Promise<void> {
  const committed = Promise.withResolvers<void>();
  swallow = committed.resolve;
  const asked = engine.enqueue(job).then(
    () => assert.fail("it has answered"),
    () => {},
  );
  await committed.promise;
  if (told) await until(async () => (await engine.ledger()).others === 1);
  await restart();
  await asked;
}

describe("killed between the commit of an enqueue and its next breath", () => {
  test("the job is run by the next cron, since the ledger was told beside the write", async () => {
    await dieAfterCommit({ name: "quick" });
    assert.deepEqual(await outcomes(), []);
    await pass(MINUTE);
    await cron();
    assert.deepEqual(await outcomes(), ["quick successful"]);
  });

  test("a job for later starts at its time", async () => {
    await dieAfterCommit({ name: "quick", delay: "1h" });
    await pass(MINUTE);
    await cron();
    assert.deepEqual(await outcomes(), []);
    await pass(HOUR - MINUTE + 1);
    await engine.ring();
    assert.deepEqual(await ended(), ["quick successful"]);
  });

  test("and before the ledger has heard of it: the job waits for the safety look", async () => {
    await set({ fates: { wake: "late" } });
    await dieAfterCommit({ name: "quick" }, false);
    await pass(MINUTE);
    await cron();
    assert.deepEqual(await outcomes(), []);
    await pass(6 * HOUR);
    await cron();
    assert.deepEqual(await outcomes(), ["quick successful"]);
  });
});

describe("killed while jobs run", () => {
  const ways: Record<string, (...jobs: readonly object[]) => Promise<unknown>> = {
    async "in a lane"(...jobs) {
      await engine.putIn(...jobs);
      await engine.wake();
    },
    "after a response": engine.enqueue,
  };
  for (const [where, put] of Object.entries(ways)) {
    test(`${where}, they are rescued by a cron and run once more, and those that had ended do not`, async (t) => {
      const gate = await openGate();
      t.after(() => gate.close());
      await put({ name: "held", payload: { url: gate.url }, retries: 1 }, { name: "quick" });
      await gate.arrived;
      await until(async () => (await outcomes()).length === 1);
      await restart();
      gate.open();
      await pass(3 * MINUTE);
      await cron();
      assert.deepEqual(await ended(), ["held lost", "held successful", "quick successful"]);
    });
  }
});

test("an alarm that was set before is called after", async () => {
  await engine.enqueue({ name: "quick", delay: "1s" });
  await restart();
  assert.deepEqual(await ended(), ["quick successful"]);
});
