/**
 * A container that comes back from an outage of its database.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { defineJob } from "../../src/job/job-definition.ts";
import { DriverError } from "../../src/postgres/driver/errors.ts";
import { openBudget } from "../../src/worker/budget.ts";
import { serve } from "../../src/worker/serve.ts";
import { WakeSignal } from "../../src/worker/wake-signal.ts";
import { answeringStore } from "../support/answering-store.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { createWorker, schedulesOf } from "../support/worker.ts";

const CHECK_MS = 30_000;
const TIMEOUT_MS = 90_000;

test("its first check after the outage leaves others the time that they could not send a heartbeat", async () => {
  const clock = virtualClock();
  const wakeSignal = new WakeSignal();
  const checks: number[] = [];
  const store = answeringStore({
    tick({ staleMs }) {
      checks.push(staleMs);
      if (checks.length === 2) throw new DriverError("before", "the database is away");
      return {};
    },
    turn: () => ({ report: null }),
  });
  const handlers = [defineJob("work").handle(() => {})];
  const budget = openBudget(clock);
  const worker = { ...createWorker({ store, handlers, clock, heartbeat: { intervalMs: 20_000, timeoutMs: TIMEOUT_MS } }), budget };
  const served = serve(worker, {
    schedules: schedulesOf([]),
    retentionDays: 7,
    connectForMs: 0,
    wakeSignal,
    pollMs: () => 3_600_000,
    resting: () => false,
    listening: () => false,
    onTurn: () => {},
    onCheck: () => {},
  });
  await clock.sleeperOf(CHECK_MS);
  clock.advance(CHECK_MS);
  // The wait between two tries depends on chance, and is shorter than this.
  await clock.sleeping();
  while (checks.length < 3) {
    clock.advance(CHECK_MS);
    await new Promise(setImmediate);
  }
  budget.endIn(0);
  wakeSignal.wake();
  await served;
  const away = (checks[2] ?? 0) - TIMEOUT_MS;
  assert.deepEqual(checks.slice(0, 2), [TIMEOUT_MS, TIMEOUT_MS]);
  assert.ok(away >= CHECK_MS, `others were left ${away} ms`);
});
