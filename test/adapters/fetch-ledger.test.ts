/**
 * A program whose wake ledger is a service that calls a URL: what the service is asked for.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CallService, TickCall } from "../../adapters/fetch/index.ts";
import { empty } from "../support/content.ts";
import { useDatabase } from "../support/database.ts";
import { ledgerProgram } from "../support/ledger-program.ts";
import { newJob } from "../support/samples.ts";

const database = useDatabase();
const program = (service: CallService) => ledgerProgram(database.driver, service);
const outputs = () => database.sql("select output from mayfly.result");
const inHours = (at: number | undefined) => Math.round(((at ?? 0) - Date.now()) / 360_000) / 10;

describe("a program with a ledger", () => {
  /** A service that writes down what it is asked for. */
  function noting(): CallService & { readonly calls: TickCall[] } {
    const calls: TickCall[] = [];
    return { calls, schedule: async (call) => void calls.push(call) };
  }

  /** What it was asked for, apart from the ends of leases. */
  const wanted = (calls: readonly TickCall[]) =>
    calls.filter(({ at }) => at === undefined || at - Date.now() > 600_000).map(({ at, lane }) => lane ?? `in ${inHours(at)} h`);

  test("asks for a call at once where nothing can run after the response, and the call runs the job", async () => {
    const service = noting();
    const { enqueue, tick } = program(service);
    assert.equal((await enqueue({ name: "greet" })).status, 201);
    assert.deepEqual(wanted(service.calls), ["lane-0/1/0"]);
    assert.deepEqual(await outputs(), []);
    assert.equal((await tick({ authorization: "Bearer cron", "mayfly-lane": "lane-0/1/0" })).status, 200);
    assert.deepEqual(await outputs(), [{ output: "Hello" }]);
  });

  test("runs the job itself where it can, and has only the end of its lease called for", async () => {
    const service = noting();
    const kept: Promise<unknown>[] = [];
    const { enqueue } = program(service);
    await enqueue({ name: "greet" }, { waitUntil: (promise: Promise<unknown>) => void kept.push(promise) });
    while (kept.length > 0) await Promise.all(kept.splice(0));
    assert.deepEqual(await outputs(), [{ output: "Hello" }]);
    assert.deepEqual(wanted(service.calls), []);
  });

  test("asks for a call when a job is due, a retry is, and what a handler puts in is", async () => {
    for (const [name, hours] of [
      ["greet", 3],
      ["flaky", 1],
      ["later", 2],
    ] as const) {
      const service = noting();
      const { enqueue, tick } = program(service);
      await enqueue(name === "greet" ? { name, delay: "3h" } : { name });
      await tick();
      assert.ok(wanted(service.calls).includes(`in ${hours} h`), `${name}: ${wanted(service.calls)}`);
      await empty(database);
    }
  });

  test("names what it asks for by its second, so that it is asked for once", async () => {
    const service = noting();
    const { enqueue } = program(service);
    const runAt = new Date(Date.now() + 7_200_000).toISOString();
    await enqueue({ name: "greet", runAt });
    const [call] = service.calls;
    assert.equal(call?.name, `mayfly-${runAt.slice(0, 19).replaceAll(":", "-")}`);
    assert.equal(call?.at, Math.floor(Date.parse(runAt) / 1_000) * 1_000);
  });

  test("arms no later than its service takes, at a full hour", async () => {
    const service = { ...noting(), longestMs: 5 * 3_600_000 };
    const { enqueue } = program(service);
    await enqueue({ name: "greet", delay: "30d" });
    const at = service.calls[0]?.at ?? 0;
    assert.equal(at % 3_600_000, 0);
    assert.ok(at <= Date.now() + service.longestMs && at > Date.now());
  });

  test("goes on with two calls where it stopped with work left", async () => {
    const service = noting();
    const { tick } = program(service);
    // Four at a time for a second are not enough.
    await database.store.enqueue(Array.from({ length: 40 }, () => newJob({ name: "slow" })));
    await tick({ authorization: "Bearer cron", "mayfly-lane": "lane-1/2/1" });
    assert.deepEqual(wanted(service.calls), ["lane-1/4/2", "lane-3/4/2"]);
  });

  test("answers a producer all the same where its service does not, and says so in the log", async () => {
    const { enqueue, logger } = program({ schedule: () => Promise.reject(new Error("it is down")) });
    assert.equal((await enqueue({ name: "greet" })).status, 201);
    assert.ok(logger.lines.some(({ message }) => message.includes("the wake ledger cannot be reached")));
  });
});
