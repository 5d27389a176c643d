/**
 * A rule of the user's own is decided together with the insert, however many ask at once.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../src/app/system-clock.ts";
import { createJobs } from "../../src/enqueue/jobs.ts";
import { defineJob, type LiveJobs } from "../../src/job/job-definition.ts";
import { useDatabase } from "../support/database.ts";
import { claim, newId } from "../support/samples.ts";
import { LIMITS } from "../support/worker.ts";

const database = useDatabase();

const client = () => createJobs({ store: database.store, limits: LIMITS, ids: { newId, clock: systemClock } });

test("the rule is given the counts of its key, or of the name where there is none", async () => {
  const seen: LiveJobs[] = [];
  const rule = (live: LiveJobs) => {
    seen.push(live);
    return true;
  };
  const keyed = defineJob<"keyed", { k: string }>("keyed", { concurrencyKey: ({ k }) => k, shouldEnqueue: rule });
  const whole = defineJob("whole", { shouldEnqueue: rule });
  const jobs = client();
  await jobs.enqueue(keyed, { k: "a" });
  await claim(database.store, { names: ["keyed"] });
  await jobs.enqueue(keyed, { k: "a" }, { delay: "1h" });
  await jobs.enqueue(keyed, { k: "a" });
  await jobs.enqueue(keyed, { k: "b" });
  await jobs.enqueueMany([
    [whole, {}],
    [whole, {}],
  ]);
  assert.deepEqual(seen, [
    { pending: 0, running: 0, key: "a" },
    { pending: 0, running: 1, key: "a" },
    { pending: 1, running: 1, key: "a" },
    { pending: 0, running: 0, key: "b" },
    { pending: 0, running: 0, key: null },
    { pending: 1, running: 0, key: null },
  ]);
});

test("of twenty at once exactly as many go in as the rule allows", async () => {
  const work = defineJob("work", { concurrencyKey: () => "one", shouldEnqueue: ({ pending, running }) => pending + running < 3 });
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () =>
      client()
        .enqueue(work, {})
        .then(
          ({ outcome }) => outcome,
          (error: { code?: string }) => error.code,
        ),
    ),
  );
  const [{ n = 0 } = {}] = await database.sql<{ n: number }>("select count(*)::int as n from mayfly.job");
  assert.equal(n, 3);
  assert.equal(outcomes.filter((outcome) => outcome === "enqueued").length, 3);
  assert.ok(outcomes.every((outcome) => ["enqueued", "skipped", "contended"].includes(outcome ?? "")));
});

test("a rule that throws enqueues nothing of its batch; it cannot stand in a transaction", async () => {
  const plain = defineJob("plain");
  const broken = defineJob("broken", { shouldEnqueue: () => Promise.reject(new Error("the rule itself")) });
  const jobs = client();
  await assert.rejects(
    jobs.enqueueMany([
      [plain, {}],
      [broken, {}],
    ]),
    /the rule itself/,
  );
  assert.deepEqual(await database.sql("select id from mayfly.job"), []);
  assert.throws(() => jobs.statement(broken, {}), { code: "invalid_config", message: /Use a limit/ });
});
