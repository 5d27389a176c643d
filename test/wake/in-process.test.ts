import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inProcessLedger } from "../../src/wake/in-process.ts";
import type { LaneStart } from "../../src/wake/ledger.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { FOUND_NOTHING } from "./driver.ts";
import { SETTINGS } from "./model-world.ts";

const DAY = 86_400_000;
const later = (dueInMs: number) => ({ written: true, ready: 0, dueInMs, lease: null });

async function open(settings = SETTINGS) {
  const clock = virtualClock();
  const started: LaneStart[] = [];
  const ledger = inProcessLedger({ clock, settings, start: (lane) => started.push(lane) });
  const { epoch } = await ledger.due({ lease: { consumer: "cron", forMs: 1_000 }, deployment: "one" });
  await ledger.settle({ consumer: "cron", epoch, end: { ...FOUND_NOTHING, deployment: "one" } });
  return { clock, started, ledger };
}

describe("a ledger in the process", () => {
  test("starts a lane when the time has come", async () => {
    const { clock, started, ledger } = await open();
    await ledger.wake(later(5_000));
    clock.advance(4_999);
    assert.equal(started.length, 0);
    clock.advance(1);
    assert.deepEqual(
      started.map(({ lane, cause }) => ({ lane, cause })),
      [{ lane: "lane-0", cause: "due" }],
    );
  });

  test("has one timer, set anew for what is earlier", async () => {
    const { clock, started, ledger } = await open();
    await ledger.wake(later(60_000));
    await ledger.wake(later(5_000));
    assert.equal(clock.sleepers, 1);
    clock.advance(5_000);
    assert.equal(started.length, 1);
  });

  test("waits for longer than a timer can be set to", async () => {
    const { clock, started, ledger } = await open({ ...SETTINGS, safetyMs: Number.POSITIVE_INFINITY });
    await ledger.wake(later(30 * DAY));
    clock.advance(25 * DAY);
    assert.equal(started.length, 0);
    clock.advance(5 * DAY);
    assert.equal(started.length, 1);
  });

  test("that was stopped starts nobody", async () => {
    const { clock, started, ledger } = await open();
    await ledger.wake(later(5_000));
    ledger.stop();
    clock.advance(DAY);
    assert.equal(started.length, 0);
    assert.equal(clock.sleepers, 0);
  });
});
