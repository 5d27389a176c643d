/**
 * What a worker has in flight, and what it says of it.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { defineJob } from "../../src/job/job-definition.ts";
import type { ClaimedJob } from "../../src/store/claimed-job.ts";
import type { Store } from "../../src/store/store.ts";
import type { TurnReply, TurnReport } from "../../src/store/turn.ts";
import { InFlight } from "../../src/worker/in-flight.ts";
import { WakeSignal } from "../../src/worker/wake-signal.ts";
import { newId, success } from "../support/samples.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { createWorker } from "../support/worker.ts";

/** A handler of endless jobs, each with what it was given. */
function endless(timeout = "10s") {
  const work = defineJob<"work", { timeoutMs?: number }>("work", { timeout });
  const calls: { readonly signal: AbortSignal; readonly end: () => void }[] = [];
  const handler = work.handle<undefined>(({ signal }) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    calls.push({ signal, end: resolve });
    return promise;
  });
  const clock = virtualClock();
  const inFlight = new InFlight(createWorker({ store: {} as Store, handlers: [handler], clock }), new WakeSignal());
  return { inFlight, clock, aborted: () => calls.map(({ signal }) => signal.aborted), end: (nth: number) => calls[nth]?.end() };
}

test("a lost claim aborts its own attempt, not that of a later claim of the same job", async () => {
  const { inFlight, aborted } = endless();
  const id = newId();
  inFlight.accept(replyWith({ jobs: [claimedJob(id)] }), "first");
  inFlight.accept(replyWith({ jobs: [claimedJob(id, { attempt: 2 })] }), "second");
  inFlight.accept(replyWith({ report: reportWith({ lostClaims: [[id, "first"]] }) }), "third");
  assert.deepEqual(aborted(), [true, false]);
  assert.deepEqual(inFlight.activeClaims, [[id, "second"]]);
  assert.deepEqual(inFlight.takeSettlements(), [], "nobody settles a lost claim");
});

test("a turn without a report aborts nothing", () => {
  const { inFlight, aborted } = endless();
  inFlight.accept(replyWith({ jobs: [claimedJob(newId())] }), "first");
  inFlight.accept(replyWith({ report: null }), "second");
  assert.deepEqual(aborted(), [false]);
});

test("an attempt that timed out is settled while its code goes on, keeps its slot, and is no active claim", async () => {
  const { inFlight, clock, end } = endless();
  inFlight.accept(replyWith({ jobs: [claimedJob(newId())] }), "first");
  clock.advance(10_000);
  assert.deepEqual(
    inFlight.takeSettlements().map(({ claimId, outcome }) => [claimId, outcome]),
    [["first", "errored"]],
  );
  assert.deepEqual([inFlight.running, inFlight.activeClaims], [1, []]);
  const waiting = inFlight.wait(0, 1_000);
  end(0);
  await waiting;
  assert.deepEqual([inFlight.running, inFlight.takeSettlements()], [0, []], "its return settles nothing more, and ends the wait");
});

test("one timer keeps the deadlines of many attempts, each to the millisecond", () => {
  const { inFlight, clock, aborted } = endless();
  for (const timeoutMs of [7_000, 3_000, 5_000]) inFlight.accept(replyWith({ jobs: [claimedJob(newId(), { timeoutMs })] }), "claim");
  const seen: boolean[][] = [];
  for (const ms of [2_999, 1, 1_999, 1, 1_999, 1]) {
    clock.advance(ms);
    seen.push(aborted());
  }
  assert.deepEqual(seen, [
    [false, false, false],
    [false, true, false],
    [false, true, false],
    [false, true, true],
    [false, true, true],
    [true, true, true],
  ]);
});

test("once nothing runs, no timer is left", async () => {
  const { inFlight, clock, end } = endless();
  inFlight.accept(replyWith({ jobs: [claimedJob(newId())] }), "claim");
  await clock.sleeping();
  const waiting = inFlight.wait(0, 1_000);
  end(0);
  await waiting;
  assert.equal(clock.sleepers, 0);
});

test("a settlement that is given back is taken again, and ends no wait", async () => {
  const { inFlight, clock } = endless();
  const settlement = success(newId(), newId());
  inFlight.giveBack([settlement]);
  assert.equal(inFlight.isEmpty, false);
  const waiting = inFlight.wait(0, 50);
  await clock.sleeperOf(50);
  clock.advance(50);
  await waiting;
  assert.deepEqual(inFlight.takeSettlements(), [settlement]);
  assert.equal(inFlight.isEmpty, true);
});

test("a signal that is first read after the abort has aborted", async () => {
  const work = defineJob("work", { timeout: "10s" });
  const ready = Promise.withResolvers<void>();
  const seen = Promise.withResolvers<boolean>();
  const handler = work.handle<undefined>(async (context) => {
    await ready.promise;
    seen.resolve(context.signal.aborted);
  });
  const clock = virtualClock();
  const inFlight = new InFlight(createWorker({ store: {} as Store, handlers: [handler], clock }), new WakeSignal());
  inFlight.accept(replyWith({ jobs: [claimedJob(newId())] }), "claim");
  clock.advance(10_000);
  ready.resolve();
  assert.equal(await seen.promise, true);
});

function replyWith(more: Partial<TurnReply>): TurnReply {
  return {
    jobs: [],
    replayed: false,
    rejections: [],
    watermarks: {} as never,
    setAside: 0,
    busy: false,
    madeReady: false,
    report: null,
    ...more,
  };
}

function reportWith(more: Partial<TurnReport>): TurnReport {
  return { paused: [], cancels: [], lostClaims: [], nextDueMs: null, ...more };
}

function claimedJob(id: string, more: Partial<ClaimedJob> = {}): ClaimedJob {
  return {
    id,
    name: "work",
    queue: "default",
    attempt: 1,
    retries: 3,
    timeoutMs: null,
    key: null,
    runAt: "2026-01-01T00:00:00Z",
    trace: {},
    cancelRequested: false,
    hook: null,
    hookTries: 0,
    idempotent: false,
    freeAttempts: 0,
    payload: {},
    ...more,
  };
}
