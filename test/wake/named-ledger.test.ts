/**
 * A ledger without a memory: what it starts and arms at what it is told.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ConsumerEnd, Finding, Ledger } from "../../src/wake/ledger.ts";
import { laneName, laneOf, lanesAfter } from "../../src/wake/named-lanes.ts";
import { namedLedger } from "../../src/wake/named-ledger.ts";
import { virtualClock } from "../support/virtual-clock.ts";

const FOUND: Finding = { nextInMs: null, left: false, claimed: 1, busyMs: 10, slots: 10, deployment: null };
const LEASE = { consumer: "enqueue-1", forMs: 30_000 };

/** A ledger, and what it asks of its engine: lanes, and seconds until what is armed. */
function open(hops?: number) {
  const clock = virtualClock();
  const asked: (string | number)[] = [];
  const on = { start: async () => {} };
  const engine = {
    async start(lanes: readonly string[]) {
      asked.push(...lanes);
      await on.start();
    },
    arm: async (at: number) => void asked.push((at - clock.now()) / 1_000),
  };
  const ledger = namedLedger({ engine, lanes: 8, slots: 10, clock, ...(hops === undefined ? {} : { hops }) });
  return {
    ledger,
    clock,
    /** Called with every start; it takes as long as that. */
    on,
    settle: async (consumer: string, end: ConsumerEnd) => {
      await ledger.settle({ consumer, epoch: 0, end });
      return asked.splice(0);
    },
    /** What was asked for since this was last called. */
    asked: () => asked.splice(0),
  };
}

describe("a wake", () => {
  test("without anybody who works on it starts a lane, and more for many jobs", async () => {
    const { ledger, asked } = open();
    await ledger.wake({ written: true, ready: 1, dueInMs: null, lease: null });
    assert.deepEqual(asked(), ["lane-0/1/0"]);
    await ledger.wake({ written: true, ready: 250, dueInMs: null, lease: null });
    assert.deepEqual(asked(), ["lane-0/3/0", "lane-1/3/0", "lane-2/3/0"]);
    await ledger.wake({ written: true, ready: 100_000, dueInMs: null, lease: null });
    assert.equal(asked().length, 8);
  });

  test("with a lease has its end looked at, once for all leases of a minute", async () => {
    const { ledger, asked } = open();
    for (const consumer of ["enqueue-1", "enqueue-2"])
      await ledger.wake({ written: false, ready: 1, dueInMs: null, lease: { consumer, forMs: 30_000 } });
    assert.deepEqual(asked(), [180]);
  });

  test("for later arms its second once, and starts a lane where that is here", async () => {
    const { ledger, asked } = open();
    for (const dueInMs of [5_000, 5_400]) await ledger.wake({ written: true, ready: 0, dueInMs, lease: null });
    assert.deepEqual(asked(), [5]);
    await ledger.wake({ written: true, ready: 0, dueInMs: 0, lease: null });
    assert.deepEqual(asked(), ["lane-0/1/0"]);
  });
});

describe("an enqueuer that ends", () => {
  test("with its jobs written starts lanes for as many as they are", async () => {
    const { ledger, settle, asked } = open();
    await ledger.wake({ written: false, ready: 250, dueInMs: null, lease: LEASE });
    asked();
    assert.deepEqual(await settle(LEASE.consumer, "written"), ["lane-0/3/0", "lane-1/3/0", "lane-2/3/0"]);
  });

  test("with nothing starts nobody", async () => {
    assert.deepEqual(await open().settle(LEASE.consumer, "nothing"), []);
  });

  test("having run fewer jobs than it put in, or having left some, is followed by lanes", async () => {
    const { ledger, settle, asked } = open();
    await ledger.wake({ written: false, ready: 3, dueInMs: null, lease: LEASE });
    asked();
    assert.deepEqual(await settle(LEASE.consumer, { ...FOUND, claimed: 2 }), ["lane-0/2/1", "lane-1/2/1"]);
    assert.deepEqual(await settle("enqueue-2", { ...FOUND, claimed: 0, left: true }), ["lane-0/2/1", "lane-1/2/1"]);
    assert.deepEqual(await settle("enqueue-3", FOUND), []);
  });
});

describe("enqueuers that end while a start is on its way", () => {
  const putIn = (ledger: Ledger, consumer: string, ready: number) =>
    ledger.wake({ written: false, ready, dueInMs: null, lease: { consumer, forMs: 30_000 } });

  test("are followed by one more start, for the jobs of all of them", async () => {
    const { ledger, settle, asked, on } = open();
    const { promise, resolve } = Promise.withResolvers<void>();
    await Promise.all(["a", "b", "c"].map((consumer) => putIn(ledger, consumer, 125)));
    assert.deepEqual(asked(), [180]);
    on.start = () => promise;
    const first = ledger.settle({ consumer: "a", epoch: 0, end: "written" });
    assert.deepEqual([await settle("b", "written"), await settle("c", "written")], [["lane-0/1/0"], []]);
    resolve();
    await first;
    assert.deepEqual(asked(), ["lane-0/3/0", "lane-1/3/0", "lane-2/3/0"]);
  });

  test("are part of the next one where it failed, and do not rely on one that is frozen", async () => {
    const { ledger, settle, asked, on, clock } = open();
    await Promise.all(["a", "b", "c", "d"].map((consumer) => putIn(ledger, consumer, 125)));
    const { promise, reject } = Promise.withResolvers<void>();
    on.start = () => promise;
    const first = ledger.settle({ consumer: "a", epoch: 0, end: "written" });
    await settle("b", "written");
    reject(new Error("no service"));
    await assert.rejects(first, /no service/);
    on.start = () => new Promise(() => {});
    void ledger.settle({ consumer: "c", epoch: 0, end: "written" });
    assert.deepEqual(asked(), ["lane-0/3/0", "lane-1/3/0", "lane-2/3/0"]);
    clock.advance(10_000);
    on.start = async () => {};
    assert.deepEqual(await settle("d", "written"), ["lane-0/1/0"]);
  });
});

describe("a lane that ends", () => {
  test("has armed what is due next", async () => {
    assert.deepEqual(await open().settle("lane-0/1/0", { ...FOUND, nextInMs: 90_000 }), [90]);
  });

  test("with work left starts its share of twice as many", async () => {
    assert.deepEqual(await open().settle("lane-1/2/3", { ...FOUND, left: true }), ["lane-1/4/4", "lane-3/4/4"]);
    assert.deepEqual(await open().settle("lane-5/8/3", { ...FOUND, left: true }), ["lane-5/8/4"]);
  });

  test("without having taken what is there, or without having looked, is followed by another soon and not at once", async () => {
    for (const end of [{ ...FOUND, claimed: 0, left: true }, { ...FOUND, claimed: 0, nextInMs: 0 }, "unreachable", "refused"] as const)
      assert.deepEqual(await open().settle("lane-0/1/0", end), [5]);
  });

  test("as the last that may follow others arms one that follows none", async () => {
    const { settle } = open(8);
    assert.deepEqual(await settle("lane-0/8/3", { ...FOUND, left: true }), ["lane-0/8/4"]);
    assert.deepEqual(await settle("lane-0/8/4", { ...FOUND, left: true }), ["lane-0/8/5", 180]);
    // What is armed already is not armed again.
    assert.deepEqual(await settle("lane-0/8/7", { ...FOUND, left: true }), []);
    assert.deepEqual(await open(8).settle("lane-0/8/7", { ...FOUND, left: true }), [180]);
  });
});

test("a cron always looks, and its lease's end is looked at", async () => {
  const { ledger, asked } = open();
  assert.equal((await ledger.due({ lease: LEASE, deployment: { application: "app", version: "1" } })).look, true);
  assert.deepEqual(asked(), [180]);
});

describe("the lanes of a generation", () => {
  for (const most of [2, 3, 5, 6, 8, 64])
    test(`are each started once by the generation before, up to ${most}`, () => {
      let lanes = [{ number: 0, of: 1, hop: 0 }];
      for (let hop = 1; hop < 8; hop++) {
        lanes = lanes.flatMap((lane) => lanesAfter(laneOf(laneName(lane)), most));
        const of = Math.min(2 ** hop, most);
        assert.deepEqual(
          lanes.map(({ number }) => number).toSorted((a, b) => a - b),
          Array.from({ length: of }, (_, number) => number),
        );
      }
    });

  test("are alone where a name is no lane's", () => {
    assert.deepEqual(laneOf("cron"), { number: 0, of: 1, hop: 0 });
  });
});
