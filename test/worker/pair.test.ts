/**
 * Many slots as two workers with a loop each.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "../../src/app/system-clock.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import { openBudget } from "../../src/worker/budget.ts";
import { drainAsPair } from "../../src/worker/pair.ts";
import type { TurnCounts } from "../../src/worker/turn-counts.ts";
import { WakeSignal } from "../../src/worker/wake-signal.ts";
import { useDatabase } from "../support/database.ts";

import { createWorker } from "../support/worker.ts";

const database = useDatabase();
const work = defineJob<"work", { n: number }>("work");

/** Runs jobs until so many have run, and answers how often each did, and what was counted. */
async function run(slots: number, jobs: number) {
  const runs = new Map<number, number>();
  const budget = openBudget(systemClock);
  const wakeSignal = new WakeSignal();
  let total: TurnCounts | undefined;
  const worker = createWorker({
    store: database.store,
    slots,
    handlers: [work.handle(({ payload: { n } }) => void runs.set(n, (runs.get(n) ?? 0) + 1))],
  });
  await worker.jobs.enqueueMany(Array.from({ length: jobs }, (_, n) => [work, { n }] as const));
  await drainAsPair(
    { ...worker, budget },
    {
      wakeSignal,
      pollMs: () => 60_000,
      resting: () => false,
      listening: () => false,
      onTurn(counts) {
        total = counts;
        if (counts.successful < jobs) return;
        budget.endIn(0);
        wakeSignal.wake();
      },
    },
  );
  const workers = await database.sql<{ id: string }>("select id from mayfly.worker order by id");
  return { runs, total, workers: workers.map(({ id }) => id), own: worker.id };
}

describe("a worker that lives on", () => {
  test("is one worker with 199 slots", async () => {
    const { workers, own } = await run(199, 10);
    assert.deepEqual(workers, [own]);
  });

  test("is two workers with 200 slots, of which one has its id", async () => {
    const { workers, own } = await run(200, 10);
    assert.equal(workers.length, 2);
    assert.ok(workers.includes(own));
  });

  test("runs each job once, and counts what both have run", async () => {
    const { runs, total } = await run(200, 900);
    assert.equal(runs.size, 900);
    assert.ok([...runs.values()].every((count) => count === 1));
    assert.equal(total?.successful, 900);
  });
});
