/**
 * Turns that the database refuses, or whose answer is lost: what a worker holds, or may hold, is not given up.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defineJob } from "../../src/job/job-definition.ts";
import { DriverError } from "../../src/postgres/driver/errors.ts";
import { drain } from "../../src/worker/drain.ts";
import { jobsOf, storeOf } from "../support/turn-store.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { createWorker, recordingLogger } from "../support/worker.ts";

const work = defineJob("work", { timeout: "1m" });
const handlers = [work.handle<undefined>(() => {})];
const ONCE = { park: true, waitMs: 0 };

describe("a turn that the database refuses", () => {
  const refusal = (sqlState: string) => new DriverError("definite", "refused", { sqlState });
  /** One job is claimed; the turn that settles it is refused once. */
  const refusing = (sqlState: string) =>
    storeOf((_, nth) => {
      if (nth === 2) throw refusal(sqlState);
      return { jobs: nth === 1 ? jobsOf(1) : [] };
    });

  for (const [what, sqlState] of [
    ["read only", "25006"],
    ["a full disk", "53100"],
    ["a statement time-out", "57014"],
    ["a lock time-out", "55P03"],
    ["a session that was idle for too long", "57P05"],
    ["a session that was too long in a transaction", "25P03"],
    ["a prepared statement that another session has", "26000"],
    ["a plan that a migration has overtaken", "0A000"],
    ["too little memory", "53200"],
    ["an internal error", "XX000"],
  ] as const) {
    test(`${what}: what has finished is kept, and settled by the same turn once the database takes it`, async () => {
      const clock = virtualClock();
      const { store, turns } = refusing(sqlState);
      const draining = drain(createWorker({ store, handlers, clock }), ONCE);
      await clock.sleeperOf(2_000);
      clock.advance(2_000);
      assert.equal((await draining).successful, 1);
      assert.equal(turns[1], turns[2]);
    });
  }

  test("a missing function: it does not pass, and ends the worker", async () => {
    const { store } = refusing("42883");
    await assert.rejects(drain(createWorker({ store, handlers, clock: virtualClock() }), ONCE), { sqlState: "42883" });
  });

  test("with nothing in flight and nothing asked before, it ends the worker, whatever it is", async () => {
    const { store } = storeOf(() => {
      throw refusal("25006");
    });
    await assert.rejects(drain(createWorker({ store, handlers, clock: virtualClock() }), ONCE), { sqlState: "25006" });
  });
});

describe("a turn whose answer is lost", () => {
  const lost = () => new DriverError("unknown", "no answer");

  test("has perhaps claimed jobs, also where nothing was held before: it is taken again, until they run", async () => {
    const clock = virtualClock();
    const { store, turns } = storeOf((_, nth) => {
      if (nth === 1) throw lost();
      if (nth === 2) throw new DriverError("before", "no connection");
      return { jobs: nth === 3 ? jobsOf(1) : [], replayed: nth === 3 };
    });
    const draining = drain(createWorker({ store, handlers, clock }), ONCE);
    for (const ms of [2_000, 4_000]) {
      await clock.sleeperOf(ms);
      clock.advance(ms);
    }
    assert.equal((await draining).successful, 1);
    assert.equal(new Set(turns.slice(0, 3)).size, 1, "always the same turn");
  });

  test("is given up at the hard end", async () => {
    const clock = virtualClock();
    const { store } = storeOf(() => {
      throw lost();
    });
    const draining = drain(createWorker({ store, handlers, clock, claimForMs: 1_000, hardEndMs: 12_000 }), ONCE);
    const rejected = assert.rejects(draining, { code: "database_reply_lost" });
    for (const ms of [2_000, 4_000, 4_000]) {
      await clock.sleeperOf(ms);
      clock.advance(ms);
    }
    await rejected;
  });
});

describe("what is logged of results", () => {
  const loggedOf = async (reason: "already" | "busy" | "claim_lost") => {
    const logger = recordingLogger();
    const clock = virtualClock();
    const { store } = storeOf(({ settle }, nth) => ({
      jobs: nth === 1 ? jobsOf(1) : [],
      rejections: nth === 2 ? settle.map(({ id, claimId }) => ({ id, claimId, reason })) : [],
    }));
    const draining = drain(createWorker({ store, handlers, clock, logger }), ONCE);
    if (reason === "busy") {
      await clock.sleeperOf(50);
      clock.advance(50);
    }
    await draining;
    return logger.lines.map(({ message }) => message);
  };

  test("that are lost with their claim: a warning", async () => assert.deepEqual(await loggedOf("claim_lost"), ["results not accepted"]));

  test("that were accepted already: nothing", async () => assert.deepEqual(await loggedOf("already"), []));

  test("that are settled by the next turn: nothing", async () => assert.deepEqual(await loggedOf("busy"), []));

  test("of jobs that were set aside: a warning, once", async () => {
    const logger = recordingLogger();
    const { store } = storeOf((_, nth) => ({ setAside: nth <= 3 ? 2 : 0 }));
    await drain(createWorker({ store, handlers, clock: virtualClock(), logger }), ONCE);
    assert.deepEqual(
      logger.lines.map(({ message, fields }) => [message.slice(0, 27), fields?.jobs]),
      [["jobs set aside, told once: ", 2]],
    );
  });
});
