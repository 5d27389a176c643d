/**
 * The drivers for tests do what they say, or all that rests on them proves nothing.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Driver } from "../../src/postgres/driver/driver.ts";
import { countRoundTrips, type Fault, injectFaults } from "../../src/testing/index.ts";

/** Remembers what reached it. */
function target() {
  const reached: string[] = [];
  const driver: Driver = {
    async query({ text }) {
      reached.push(text);
      return [{ n: String(reached.length) }];
    },
    async transaction(statements) {
      reached.push(...statements.map(({ text }) => text));
      return statements.map(() => []);
    },
  };
  return { reached, driver };
}

const sql = (text: string) => ({ text, params: [] });
const LOST = { failure: "unknown", code: "database_reply_lost" };

test("round trips are counted, a transaction as one", async () => {
  const counted = countRoundTrips(target().driver);
  await counted.query(sql("a"));
  await counted.transaction([sql("b"), sql("c")]);
  assert.deepEqual([counted.roundTrips, counted.texts], [2, ["a", "b"]]);
  counted.reset();
  assert.equal(counted.roundTrips, 0);
});

test("a fault strikes the call it is planned for, and no other", async () => {
  const expected: Record<Exclude<Fault["kind"], "delay">, string[]> = {
    "drop-request": ["one", "three"],
    "drop-reply": ["one", "two", "three"],
    duplicate: ["one", "two", "two", "three"],
    abandon: ["one", "two", "three"],
    hold: ["one", "three", "two"],
  };
  for (const [kind, all] of Object.entries(expected) as [keyof typeof expected, string[]][]) {
    const { reached, driver } = target();
    const faulty = injectFaults(driver, (call) => (call === 2 ? { kind } : undefined));
    await faulty.query(sql("one"));
    const second = faulty.query(sql("two"));
    if (kind === "duplicate") assert.equal((await second)[0]?.n, "2");
    else await assert.rejects(second, LOST, kind);
    await faulty.transaction([sql("three")]);
    const released = await faulty.release();
    assert.deepEqual([reached, faulty.calls], [all, 3], kind);
    assert.equal(released.length, kind === "hold" || kind === "abandon" ? 1 : 0);
    assert.deepEqual(await faulty.release(), []);
  }
});

test("a delayed call is sent once it may be", async () => {
  const { reached, driver } = target();
  const gate = Promise.withResolvers<void>();
  const faulty = injectFaults(driver, () => ({ kind: "delay", until: gate.promise }));
  const call = faulty.query(sql("late"));
  await null;
  assert.deepEqual(reached, []);
  gate.resolve();
  await call;
  assert.deepEqual(reached, ["late"]);
});
