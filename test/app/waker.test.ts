/**
 * What is run, and what the ledger is told, when jobs become runnable.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defineJob } from "../../src/job/job-definition.ts";
import type { Ledger, Settle, Wake } from "../../src/wake/ledger.ts";
import { useQueue } from "../support/queue.ts";
import { wakerOf } from "../support/waker.ts";
import { recordingLogger } from "../support/worker.ts";

const queue = useQueue();
const work = defineJob("work");
const keyed = defineJob("keyed", { concurrencyKey: () => "k" });
const elsewhere = defineJob("elsewhere", { queue: "long" });

/** A program with a ledger that writes down what it is told, in words. `down`: it cannot be reached. */
function open({ down = false } = {}) {
  const { mayfly, consumer } = queue.open({ jobs: [work, keyed, elsewhere] });
  const told: string[] = [];
  const ran: string[] = [];
  const leases = new Set<string>();
  const ledger: Ledger = {
    async wake({ written, ready, dueInMs, lease }: Wake) {
      if (down) throw new Error("no ledger");
      if (lease) leases.add(lease.consumer);
      told.push(`wake ${written ? "after" : "beside"}: ${ready} ready${dueInMs === null ? "" : ", some later"}${lease ? ", leased" : ""}`);
      return { epoch: 7 };
    },
    async settle({ consumer: name, epoch, end }: Settle) {
      if (down) throw new Error("no ledger");
      assert.ok(leases.delete(name), "only a lease that was given is given back");
      told.push(typeof end === "string" ? `settle: ${end}` : `settle at ${epoch}: ${end.claimed} claimed, left ${end.left}`);
    },
    due: async () => ({ look: false, epoch: 7 }),
  };
  const gate = Promise.withResolvers<void>();
  const logger = recordingLogger();
  const handlers = [
    work.handle<undefined>(async ({ id }) => {
      ran.push(id);
      await gate.promise;
    }),
    keyed.handle<undefined>(() => {}),
  ];
  mayfly.onAnnounce(wakerOf(consumer(handlers), logger, ledger));
  const kept: Promise<unknown>[] = [];
  const context = { waitUntil: (promise: Promise<unknown>) => void kept.push(promise) };
  return {
    jobs: mayfly.connect(undefined, context),
    alone: mayfly.connect(undefined),
    told,
    ran,
    logger,
    letGo: gate.resolve,
    leases,
    /** Waits for all that the invocations are kept alive for. */
    async finished() {
      gate.resolve();
      while (kept.length > 0) await Promise.all(kept.splice(0));
      return told;
    },
  };
}

describe("an enqueue of a job that can run at once", () => {
  test("tells the ledger beside its write, runs the job, and settles with what it found", async () => {
    const { jobs, ran, leases, finished } = open();
    const { id } = await jobs.enqueue(work, {});
    assert.deepEqual(await finished(), ["wake beside: 1 ready, leased", "settle at 7: 1 claimed, left false"]);
    assert.deepEqual(ran, [id]);
    assert.equal(leases.size, 0);
  });

  test("that meets a drain under way tells nobody, and is run by that drain", async () => {
    const { jobs, ran, told, finished } = open();
    await jobs.enqueue(work, {});
    await jobs.enqueue(work, {});
    assert.deepEqual(told, ["wake beside: 1 ready, leased"]);
    await finished();
    assert.equal(ran.length, 2);
    assert.equal(told.length, 2);
  });

  test("that did not go in gives the lease back, and runs nothing", async () => {
    const { jobs, told, finished } = open();
    await jobs.enqueue(keyed, {}, { delay: "1h" });
    await finished();
    told.splice(0);
    await jobs.enqueue(keyed, {});
    assert.deepEqual(await finished(), ["wake beside: 1 ready, leased", "settle: nothing"]);
  });

  test("runs the job though the ledger cannot be reached, and says so in the log", async () => {
    const { jobs, ran, logger, finished } = open({ down: true });
    await jobs.enqueue(work, {});
    await finished();
    assert.equal(ran.length, 1);
    assert.ok(logger.lines.some(({ message }) => message.startsWith("the wake ledger cannot be reached")));
  });
});

describe("an enqueue whose jobs this invocation cannot run", () => {
  test("has the ledger start somebody once they are written: there is nothing to run them after the response", async () => {
    const { alone, finished } = open();
    await alone.enqueue(work, {});
    assert.deepEqual(await finished(), ["wake beside: 1 ready, leased", "settle: written"]);
  });

  test("has it do so where they are of another consumer's queue", async () => {
    const { jobs, finished } = open();
    await jobs.enqueue(elsewhere, {});
    assert.deepEqual(await finished(), ["wake beside: 1 ready, leased", "settle: written"]);
  });
});

describe("a batch of which this invocation can run a part", () => {
  test("is run as far as it can be, and the ledger starts somebody for the rest at once", async () => {
    const { jobs, ran, finished } = open();
    await jobs.enqueueMany([
      [work, {}],
      [elsewhere, {}],
    ]);
    assert.deepEqual((await finished()).slice(0, 2), ["wake beside: 2 ready, leased", "wake after: 1 ready"]);
    assert.equal(ran.length, 1);
  });
});

describe("an enqueue of a job for later", () => {
  test("tells when it is due, beside the write and after it", async () => {
    const { jobs, ran, leases, finished } = open();
    await jobs.enqueue(work, {}, { delay: "10m" });
    const told = await finished();
    assert.deepEqual(
      told.filter((line) => line.startsWith("wake")).map((line) => line.replace(", leased", "")),
      ["wake beside: 0 ready, some later", "wake after: 0 ready, some later"],
    );
    assert.equal(leases.size, 0);
    assert.deepEqual(ran, []);
  });
});
