/**
 * What the turns of a worker say and ask, and what becomes of rejections.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defineJob } from "../../src/job/job-definition.ts";
import type { Turn, Watermarks } from "../../src/store/turn.ts";
import { openBudget } from "../../src/worker/budget.ts";
import { drain } from "../../src/worker/drain.ts";
import type { PollStrategy } from "../../src/worker/poll-strategy.ts";
import { WakeSignal } from "../../src/worker/wake-signal.ts";
import { reportOf } from "../support/answering-store.ts";
import { jobsOf, storeOf } from "../support/turn-store.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { createWorker } from "../support/worker.ts";

const work = defineJob("work", { timeout: "1m" });
const handlers = [work.handle<undefined>(() => {})];
const ONCE = { park: true, waitMs: 0 };

describe("presence", () => {
  test("goes with the first and the last turn, and with none of a backlog's in between", async () => {
    const { store, turns } = storeOf((_, nth) => ({ jobs: nth <= 5 ? jobsOf(2) : [] }));
    await drain(createWorker({ store, handlers, slots: 2, clock: virtualClock() }), ONCE);
    // The second turn of a life may be its last; the sixth claims nothing, and the seventh is the last.
    assert.deepEqual(
      turns.map(({ presence }) => presence !== null),
      [true, true, false, false, false, false, true],
    );
  });

  test("goes with a turn once 100 ms have passed since the last one that had it", async () => {
    const clock = virtualClock();
    const { store, turns } = storeOf((_, nth) => {
      clock.advance(40);
      return { jobs: nth <= 7 ? jobsOf(2) : [] };
    });
    await drain(createWorker({ store, handlers, slots: 2, clock }), ONCE);
    assert.deepEqual(
      turns.slice(2, 7).map(({ presence }) => presence !== null),
      [false, false, true, false, false],
    );
  });

  test("goes with a turn after one that was not full", async () => {
    const { store, turns } = storeOf((_, nth) => ({ jobs: nth === 3 ? jobsOf(1) : nth <= 4 ? jobsOf(2) : [] }));
    await drain(createWorker({ store, handlers, slots: 2, clock: virtualClock() }), ONCE);
    assert.deepEqual([turns[2]?.presence === null, turns[3]?.presence === null], [true, false]);
  });

  test("asks for active claims only once the worker was silent for half of its heartbeat's time-out", async () => {
    const clock = virtualClock();
    const { store, turns } = storeOf((_, nth) => {
      if (nth === 2) clock.advance(50_000);
      return { jobs: nth === 1 ? jobsOf(1) : [] };
    });
    await drain(createWorker({ store, handlers, clock }), ONCE);
    assert.deepEqual(
      turns.map(({ presence }) => presence?.activeClaims),
      [null, null, []],
    );
  });

  test("is left out together with the queues that the last report called paused", async () => {
    const { store, turns } = storeOf((turn, nth) => ({
      jobs: nth <= 3 ? jobsOf(2) : [],
      report: turn.presence ? reportOf({ paused: ["mail"] }) : null,
    }));
    await drain(createWorker({ store, handlers, slots: 2, queues: ["default", "mail"], clock: virtualClock() }), ONCE);
    assert.deepEqual(
      turns.map(({ presence, capacity }) => [presence !== null, capacity.queues.length]),
      [
        [true, 2],
        [true, 2],
        [false, 1],
        [false, 1],
        [true, 2],
      ],
    );
  });
});

describe("watermarks", () => {
  test("go from one turn to the next, and not with the turn that signs off", async () => {
    const marks = [{}, {}, {}, {}, {}] as Watermarks[];
    const { store, turns } = storeOf((_, nth) => ({ jobs: nth <= 3 ? jobsOf(2) : [], watermarks: marks[nth - 1] as Watermarks }));
    await drain(createWorker({ store, handlers, slots: 2, clock: virtualClock() }), ONCE);
    assert.deepEqual(
      turns.map(({ watermarks }) => watermarks && marks.indexOf(watermarks)),
      [null, null, 1, 2, null],
    );
  });

  /** The turn that follows when a worker is woken so. */
  async function turnAfter(wake: (signal: WakeSignal) => void): Promise<Turn | undefined> {
    const clock = virtualClock();
    const wakeSignal = new WakeSignal();
    const budget = openBudget(clock);
    const third = Promise.withResolvers<void>();
    const { store, turns } = storeOf((_, nth) => {
      if (nth === 3) third.resolve();
      return {};
    });
    const pollStrategy: PollStrategy = { wakeSignal, pollMs: () => 1_000, resting: () => false, listening: () => true, onTurn() {} };
    const ended = drain({ ...createWorker({ store, handlers, clock }), budget }, { park: true, waitMs: 0, pollStrategy });
    await clock.sleeperOf(1_000);
    clock.advance(1_000);
    await clock.sleeperOf(1_000);
    wake(wakeSignal);
    await third.promise;
    budget.endIn(1_000);
    wakeSignal.wake();
    await ended;
    return turns[2];
  }

  test("are dropped when the worker is woken for jobs of any age: they may lie below them", async () => {
    const turn = await turnAfter((signal) => signal.wake());
    assert.deepEqual([turn?.watermarks, turn?.readyFrom], [null, null]);
  });

  test("are kept when it is told how old the jobs are that came, and the earliest of these times goes with them", async () => {
    const turn = await turnAfter((signal) => {
      signal.wake(70);
      signal.wake(50);
      signal.wake(60);
    });
    assert.notEqual(turn?.watermarks, null);
    assert.equal(turn?.readyFrom, 50);
  });
});

describe("a result that is not accepted", () => {
  test("busy: it is settled by a later turn, and counted once", async () => {
    const clock = virtualClock();
    const { store, turns } = storeOf(({ settle }, nth) => {
      const busy = nth === 2 ? settle.map(({ id, claimId }) => ({ id, claimId, reason: "busy" as const })) : [];
      return { jobs: nth === 1 ? jobsOf(1) : [], rejections: busy };
    });
    const draining = drain(createWorker({ store, handlers, clock }), ONCE);
    await clock.sleeperOf(50);
    clock.advance(50);
    const { successful, claimsLost } = await draining;
    assert.deepEqual([successful, claimsLost], [1, 0]);
    assert.deepEqual(
      turns.map(({ settle }) => settle.length),
      [0, 1, 1],
    );
  });

  test("claim lost: it is not settled again, and counted as that", async () => {
    const { store, turns } = storeOf(({ settle }, nth) => ({
      jobs: nth === 1 ? jobsOf(1) : [],
      rejections: settle.map(({ id, claimId }) => ({ id, claimId, reason: "claim_lost" as const })),
    }));
    const { successful, claimsLost } = await drain(createWorker({ store, handlers, clock: virtualClock() }), ONCE);
    assert.deepEqual([successful, claimsLost, turns.length], [0, 1, 2]);
  });
});
