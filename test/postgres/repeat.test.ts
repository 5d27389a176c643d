/**
 * Asking again: what may be asked again, how often, and how long it waits in between.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DriverError, type Failure } from "../../src/postgres/driver/errors.ts";
import { repeat } from "../../src/postgres/repeat.ts";

/** A clock that does not wait, and tells how long it was asked to. */
function waits() {
  const asked: number[] = [];
  const sleep = async (ms: number) => {
    asked.push(ms);
  };
  return { asked, clock: { now: () => 0, sleep } };
}

const failing = (failure: Failure, sqlState?: string) => new DriverError(failure, "no", { sqlState });

async function triesOf(error: unknown): Promise<number> {
  let tries = 0;
  const call = () => {
    tries++;
    return Promise.reject(error);
  };
  await assert.rejects(repeat(call, { clock: waits().clock, random: () => 0 }), (thrown) => thrown === error);
  return tries;
}

test("what may not have happened is asked again, seven times in all; what was refused is not", async () => {
  assert.equal(await triesOf(failing("unknown")), 7);
  assert.equal(await triesOf(failing("before")), 7);
  for (const transient of ["40001", "40P01", "25006"]) assert.equal(await triesOf(failing("definite", transient)), 7);
  for (const refused of ["23505", "42601", "MF001"]) assert.equal(await triesOf(failing("definite", refused)), 1);
  assert.equal(await triesOf(new TypeError("a fault of ours")), 1);
});

test("the waits double, and spread by up to half", async () => {
  for (const [random, expected] of [
    [1, [50, 100, 200, 400, 800, 1_600]],
    [0, [25, 50, 100, 200, 400, 800]],
  ] as const) {
    const { asked, clock } = waits();
    await assert.rejects(repeat(() => Promise.reject(failing("before")), { clock, random: () => random }));
    assert.deepEqual(asked, expected);
  }
});

test("the first answer counts, and the call is told what failed before", async () => {
  const seen: number[] = [];
  const answer = await repeat(
    (failures) => {
      seen.push(failures.length);
      return failures.length < 2 ? Promise.reject(failing("unknown")) : Promise.resolve("here");
    },
    { clock: waits().clock, random: () => 0 },
  );
  assert.deepEqual([answer, seen], ["here", [0, 1, 2]]);
});

test("whoever aborts is not kept waiting", async () => {
  const abort = new AbortController();
  let tries = 0;
  const call = () => {
    tries++;
    abort.abort();
    return Promise.reject(failing("unknown"));
  };
  await assert.rejects(repeat(call, { clock: waits().clock, random: () => 0, signal: abort.signal }), { failure: "unknown" });
  assert.equal(tries, 1);
});

test("a call that waits for a lock in vain is sent four times in all: each has waited for seconds", async () => {
  assert.equal(await triesOf(failing("definite", "55P03")), 4);
});

test("where an earlier attempt may have happened, the last one's refusal does not hide it", async () => {
  const [lost, refused] = [failing("unknown"), failing("before")];
  let tries = 0;
  const call = () => Promise.reject(tries++ === 0 ? lost : refused);
  await assert.rejects(repeat(call, { clock: waits().clock, random: () => 0 }), (thrown) => thrown === lost);
});
