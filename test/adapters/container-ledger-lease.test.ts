/**
 * What a container tells a wake ledger, in virtual time.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LedgerLease } from "../../adapters/container/ledger-lease.ts";
import type { Ledger } from "../../src/wake/ledger.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { recordingLogger } from "../support/worker.ts";

const SECOND_MS = 1_000;

/** A lease at a ledger that writes down what it is told, and answers each wake with the next epoch. `down`: it cannot be reached. */
function open({ down = false } = {}) {
  const clock = virtualClock();
  const told: string[] = [];
  const state = { epoch: 100, isResting: false };
  const ledger: Ledger = {
    async wake({ ready, dueInMs, lease }) {
      if (down) throw new Error("no ledger");
      told.push(`leased for ${(lease?.forMs ?? 0) / SECOND_MS} s, ${ready} ready, due ${dueInMs}`);
      return { epoch: ++state.epoch };
    },
    async settle({ epoch, end }) {
      if (down) throw new Error("no ledger");
      told.push(`settled at ${epoch}: ${typeof end === "string" ? end : `${end.claimed} claimed, next ${end.nextInMs}`}`);
    },
    due: () => Promise.reject(new Error("a container does not ask")),
  };
  const logger = recordingLogger();
  const lease = new LedgerLease({
    ledger,
    consumer: "container-1",
    deployment: { application: "app", version: "1" },
    heartbeatTimeoutMs: 90 * SECOND_MS,
    resting: () => state.isResting,
    clock,
    logger,
  });
  /** What was told since this was last asked. */
  async function heard(): Promise<string[]> {
    for (let round = 0; round < 20; round++) await Promise.resolve();
    return told.splice(0);
  }
  return { lease, state, clock, logger, heard };
}

const LEASED = "leased for 45 s, 0 ready, due null";

describe("a container that is at work", () => {
  test("holds a lease, and renews it three times as often as it ends", async () => {
    const { lease, clock, heard } = open();
    void lease.hold();
    lease.turned(0);
    assert.deepEqual(await heard(), [LEASED]);
    for (let nth = 0; nth < 3; nth++) {
      clock.advance(15 * SECOND_MS);
      assert.deepEqual(await heard(), [LEASED]);
    }
  });

  test("gives it back when it rests, with what it knows, and the epoch from before it rested", async () => {
    const { lease, state, clock, heard } = open();
    void lease.hold();
    lease.turned(3);
    await heard();
    state.isResting = true;
    clock.advance(15 * SECOND_MS);
    await heard();
    lease.rest({ nextInMs: 5_000, left: false });
    assert.deepEqual(await heard(), ["settled at 101: 3 claimed, next 5000"]);
    clock.advance(60 * SECOND_MS);
    assert.deepEqual(await heard(), []);
  });

  test("leaves what it has put back to others when it stops", async () => {
    const { lease, heard } = open();
    void lease.hold();
    await lease.end();
    assert.deepEqual(await heard(), [LEASED, "settled at -1: written"]);
  });
});

describe("a container that rests", () => {
  test("and is called takes a lease, looks, and settles at the epoch of the call", async () => {
    const { lease, state, heard } = open();
    state.isResting = true;
    await lease.hold(77);
    lease.turned(0);
    lease.rest({ nextInMs: null, left: false });
    assert.deepEqual(await heard(), [LEASED, "settled at 77: 0 claimed, next null"]);
  });

  test("tells nothing of a look of its own that found nothing, nor of its end", async () => {
    const { lease, state, heard } = open();
    state.isResting = true;
    lease.turned(0);
    lease.rest({ nextInMs: null, left: false });
    await lease.end();
    assert.deepEqual(await heard(), []);
  });
});

test("a ledger that cannot be reached is no failure, and the log says so", async () => {
  const { lease, logger } = open({ down: true });
  await lease.hold();
  lease.rest({ nextInMs: null, left: false });
  await lease.end();
  assert.ok(logger.lines.every(({ message }) => message === "the wake ledger cannot be reached; crons look meanwhile"));
  assert.equal(logger.lines.length, 2);
});
