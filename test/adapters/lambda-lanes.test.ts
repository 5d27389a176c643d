/**
 * What ticks by way of a wake queue add up to, in virtual time: nothing waits for a cron, nothing is started for nothing for long, no lineage grows too deep.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { modelQueue } from "../support/lambda/model-queue.ts";

const MINUTE = 60_000;
const SMALL = { slots: 10, claimForMs: 50_000 };

describe("a job", () => {
  for (const inMs of [0, 5_000, 10_000, MINUTE, 3 * MINUTE, 20 * MINUTE, 61 * MINUTE]) {
    test(`that is due in ${inMs / 1_000} s starts within a second, and leaves nobody at work`, async () => {
      const queue = modelQueue(SMALL);
      await queue.enqueue(1, { inMs });
      await queue.pass(inMs + 6 * MINUTE);
      assert.deepEqual(
        queue.started.map(({ dueAt, at }) => at - dueAt <= 1_000),
        [true],
      );
      assert.deepEqual([queue.aws.busy, queue.aws.oneShots.length], [0, 0]);
    });
  }

  test("that is enqueued while the database cannot be reached is run soon after it can", async () => {
    const queue = modelQueue(SMALL);
    queue.breakFor(30_000);
    await queue.enqueue(1);
    await queue.pass(40_000);
    assert.equal(queue.started.length, 1);
  });

  test("whose tick is killed is run again by whoever looks at the end of its lease", async () => {
    const queue = modelQueue(SMALL);
    queue.killNext();
    await queue.enqueue(1);
    await queue.pass(5 * MINUTE);
    assert.equal(queue.started.length, 2);
  });

  test("whose enqueue dies before it has sent a message is found by the end of its lease", async () => {
    const queue = modelQueue(SMALL);
    await queue.enqueue(1, { dies: true });
    await queue.pass(5 * MINUTE);
    assert.equal(queue.started.length, 1);
  });
});

describe("the same time", () => {
  test("is armed once, by however many", async () => {
    const queue = modelQueue(SMALL);
    for (let n = 0; n < 20; n++) await queue.enqueue(1, { inMs: 20 * MINUTE });
    assert.deepEqual(
      queue.aws.oneShots.map(({ name }) => name),
      ["2026-01-01T00-20"],
    );
  });

  test("is looked at a few times, however often messages come", async () => {
    const queue = modelQueue({ ...SMALL, doubles: true });
    for (let n = 0; n < 20; n++) await queue.enqueue(1, { inMs: 10_000 });
    await queue.pass(5 * MINUTE);
    assert.equal(queue.started.length, 20);
    assert.ok(queue.looks <= 8, `${queue.looks} looks`);
  });
});

test("two hundred enqueues at once in one instance send a message, and one for each of the two ticks that the rest needs, and arm one one-shot", async () => {
  const queue = modelQueue(SMALL);
  await queue.enqueue(200, { calls: 200 });
  assert.deepEqual([queue.aws.sent.length, queue.aws.oneShots.length], [3, 1]);
  await queue.pass(6_000);
  assert.equal(queue.started.length, 200);
});

describe("a backlog", () => {
  test("of 2,000 jobs at once is spread over eight lanes, and no more", async () => {
    const queue = modelQueue({ ...SMALL, maximumConcurrency: 100 });
    await queue.enqueue(2_000);
    await queue.pass(7_000);
    assert.deepEqual([queue.jobs, queue.aws.mostAtOnce], [0, 8]);
  });

  for (const doubles of [false, true]) {
    test(`that hundreds of ticks of the first length would not drain is drained, in no lineage deeper than eight${doubles ? ", with every message twice" : ""}`, async () => {
      const queue = modelQueue({ slots: 1, claimForMs: 1_000, maximumConcurrency: 8, doubles });
      queue.putIn(10_000, { ms: 500 });
      await queue.enqueue(1);
      await queue.pass(40 * MINUTE, 250);
      assert.equal(queue.jobs, 0);
      assert.ok(queue.aws.invocations >= 100, `${queue.aws.invocations} invocations`);
      assert.ok(queue.aws.deepest <= 8, `${queue.aws.deepest} deep`);
      assert.equal(queue.aws.stopped, 0);
    });
  }
});

test("a queue in which nothing is due is left alone: no message, no one-shot, no look", async () => {
  const queue = modelQueue(SMALL);
  await queue.enqueue(1);
  await queue.pass(10 * MINUTE);
  const before = [queue.looks, queue.aws.sent.length, queue.aws.oneShots.length];
  await queue.pass(24 * 60 * MINUTE, 30_000);
  assert.deepEqual([queue.looks, queue.aws.sent.length, queue.aws.oneShots.length], before);
});

test("a cron arms what is due next", async () => {
  const queue = modelQueue(SMALL);
  queue.putIn(1, { inMs: 30 * MINUTE });
  await queue.cron();
  await queue.pass(31 * MINUTE);
  assert.deepEqual(
    queue.started.map(({ dueAt, at }) => at - dueAt <= 1_000),
    [true],
  );
});
