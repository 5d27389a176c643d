/**
 * A container that starts while its database cannot serve it: what passes is waited out for as long as it may be, anything else ends the start.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defineJob } from "../../src/job/job-definition.ts";
import { DriverError } from "../../src/postgres/driver/errors.ts";
import { openBudget } from "../../src/worker/budget.ts";
import { serve } from "../../src/worker/serve.ts";
import { WakeSignal } from "../../src/worker/wake-signal.ts";
import { answeringStore } from "../support/answering-store.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { createWorker, schedulesOf } from "../support/worker.ts";

/** A worker whose first look is refused with this SQLSTATE. */
function startWith(sqlState: string, connectForMs: number) {
  const clock = virtualClock();
  const wakeSignal = new WakeSignal();
  const budget = openBudget(clock);
  let looks = 0;
  const store = answeringStore({
    tick() {
      if (++looks === 1) throw new DriverError("definite", "not now", { sqlState });
      return {};
    },
  });
  const worker = { ...createWorker({ store, handlers: [defineJob("work").handle(() => {})], clock }), budget };
  const started = Promise.withResolvers<void>();
  const served = serve(worker, {
    schedules: schedulesOf([]),
    retentionDays: 7,
    connectForMs,
    wakeSignal,
    pollMs: () => 3_600_000,
    resting: () => false,
    listening: () => false,
    onTurn: () => {},
    onCheck: () => started.resolve(),
  });
  const end = async () => {
    budget.endIn(0);
    wakeSignal.wake();
    await served;
  };
  return { clock, served, started: started.promise, end };
}

describe("the start", () => {
  for (const [what, sqlState] of [
    ["is read only, as in a failover", "25006"],
    ["gives statements no time", "57014"],
    ["has a full disk", "53100"],
  ] as const) {
    test(`waits while the database ${what}`, async () => {
      const { clock, started, end } = startWith(sqlState, 20_000);
      await clock.sleeping();
      clock.advance(10_000);
      await started;
      await end();
    });
  }

  test("does not wait for what will not pass", async () => {
    await assert.rejects(startWith("42501", 20_000).served, { sqlState: "42501" });
  });

  test("waits no longer than it may", async () => {
    await assert.rejects(startWith("25006", 0).served, { sqlState: "25006" });
  });
});
