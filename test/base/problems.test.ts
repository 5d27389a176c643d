/**
 * Every list of what is wrong has the same bound, whoever makes it.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { resolveSettings } from "../../adapters/container/settings.ts";
import { createConsumer } from "../../src/app/consumer.ts";
import { Problems } from "../../src/base/problems.ts";
import { createMayfly, defineJob, isMayflyError, schedule } from "../../src/index.ts";

const MANY = 5_000;
const long = "x".repeat(100_000);
const numbered = Array.from({ length: MANY }, (_, index) => index);
const listed = defineJob("listed", { payload: z.array(z.number()) });
const driver = {} as never;
const queue = createMayfly({ jobs: [listed], database: () => driver, limits: { payloadBytes: 10_000_000, enqueueBytes: 10_000_000 } });
const wrong = numbered.map(() => "no");

const CALLS: Record<string, () => unknown> = {
  "a payload that its schema refuses": () => queue.connect({}).enqueue(listed, wrong as never),
  "a batch of payloads that their schema refuses": () =>
    queue.connect({}).enqueueMany(Array.from({ length: 1_000 }, () => [listed, wrong.slice(0, 50)]) as never),
  "a batch of what is no job": () => queue.connect({}).enqueueMany(Array.from({ length: 1_000 }, () => numbered) as never),
  "a batch of too many": () => queue.connect({}).enqueueMany(numbered as never),
  "a statement": () => queue.connect({}).statement(listed, wrong as never),
  "an option that is far too long": () => queue.connect({}).enqueue(listed, [], { queue: long, createdBy: long }),
  "a job of many wrong aliases": () => defineJob(long, { aliases: numbered.map(() => "") }),
  "a schedule whose payload does not fit": () => schedule(long, long, listed, { payload: wrong as never }),
  "a configuration of many jobs of one name": () => createMayfly({ jobs: numbered.map(() => listed), database: () => driver }),
  "handlers that are not among the jobs": () =>
    createConsumer(queue, {
      handlers: numbered.map((index) => defineJob(`other ${index}`).handle(() => {})),
      runtime: "test",
      concurrency: 1,
      lifetime: { claimForMs: 1_000, hardEndMs: 60_000 },
    }),
  "a worker's settings": () => resolveSettings({ queues: numbered.map(() => ""), concurrency: 0, grace: long as never }, 90_000),
};

for (const [what, call] of Object.entries(CALLS)) {
  test(`${what}: 20 problems at most, in a few kilobytes`, async () => {
    const error: unknown = await Promise.resolve()
      .then(call)
      .then(
        () => assert.fail("it was taken"),
        (thrown: unknown) => thrown,
      );
    assert.ok(isMayflyError(error), String(error));
    assert.ok(error.problems.length <= 20, `${error.problems.length} problems`);
    const { length } = JSON.stringify([error.message, error.problems]);
    assert.ok(length < 16_384, `${length} characters`);
  });
}

test("the first 20 are told, shortened, and how many more there were, those of parts included", () => {
  const part = new Problems();
  for (const index of numbered) part.add([long, index], long);
  const whole = new Problems();
  whole.add(["first"], "is wrong");
  whole.addAll(part, ["part"]);
  assert.equal(whole.count, MANY + 1);
  assert.deepEqual(whole.told.length, 20);
  assert.match(whole.list(), /^first: is wrong; part\.x+….*; and 4981 more$/);
});
