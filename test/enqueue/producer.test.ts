/**
 * A producer of `mayfly/producer`: it does what its program names, and says what it leaves out.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { batches, callSites, createProducer, defineJob, isMayflyError, rules, transactions } from "../../src/producer.ts";
import { useEngine } from "../support/engine.ts";

const engine = useEngine();
const create = () => createProducer<void>({ database: () => engine.database.driver });
const stored = () => engine.database.sql<{ source: string | null }>("select name, payload, source from mayfly.job order by id");

const work = defineJob<"work", { n: number }>("work");
const few = defineJob<"few", { n: number }>("few", { shouldEnqueue: ({ pending, running }) => pending + running < 1 });

test("alone it enqueues, and knows no place", async () => {
  const jobs = create().connect();
  assert.deepEqual(Object.keys(jobs), ["enqueue"]);
  const { id, outcome } = await jobs.enqueue(work, { n: 1 });
  assert.equal(outcome, "enqueued");
  assert.deepEqual(await jobs.enqueue(work, { n: 2 }, { id }), { id, outcome: "duplicate", existingId: id });
  assert.deepEqual(await stored(), [{ name: "work", payload: { n: 1 }, source: null }]);
});

test("a job that is delayed or has a key goes in as such", async () => {
  const jobs = create().connect();
  await jobs.enqueue(work, { n: 1 }, { delay: "1h" });
  const { id } = await jobs.enqueue(work, { n: 2 }, { concurrencyKey: "k" });
  const blocked = await jobs.enqueue(work, { n: 3 }, { concurrencyKey: "k" });
  assert.deepEqual([blocked.outcome, blocked.existingId], ["blocked", id]);
  assert.deepEqual(await engine.database.sql("select state from mayfly.live order by state"), [{ state: "ready" }, { state: "scheduled" }]);
});

test("with batches it enqueues many at once, of one kind and of several", async () => {
  const jobs = create().with(batches).connect();
  for (const options of [{}, { delay: "1h" }])
    assert.deepEqual(
      (
        await jobs.enqueueMany([
          [work, { n: 1 }],
          [work, { n: 2 }, options],
        ])
      ).map(({ outcome }) => outcome),
      ["enqueued", "enqueued"],
    );
  assert.equal((await stored()).length, 4);
});

test("with transactions it enqueues with rows of the caller's own", async () => {
  const jobs = create().with(transactions).connect();
  const { outcome, rows } = await jobs.transaction([jobs.statement(work, { n: 1 }), ["select 1 as one"]]);
  assert.deepEqual([outcome, rows[1]], ["committed", [{ one: "1" }]]);
});

test("with rules a shouldEnqueue is asked, in batches too", async () => {
  const jobs = create().with(rules).with(batches).connect();
  assert.deepEqual(
    (
      await jobs.enqueueMany([
        [few, { n: 1 }],
        [few, { n: 2 }],
      ])
    ).map(({ outcome }) => outcome),
    ["enqueued", "skipped"],
  );
  assert.equal((await jobs.enqueue(few, { n: 3 })).outcome, "skipped");
});

test("without rules a job that has a shouldEnqueue is refused, with what to do", async () => {
  const jobs = create().with(batches).connect();
  for (const call of [
    () => jobs.enqueue(few, { n: 1 }),
    () =>
      jobs.enqueueMany([
        [work, { n: 1 }],
        [few, { n: 2 }],
      ]),
  ])
    await assert.rejects(
      call,
      (error) => isMayflyError(error, "invalid_config") && /^few has a shouldEnqueue.*with\(rules\)/.test(error.message),
    );
  assert.deepEqual(await stored(), []);
});

test("with call sites a job knows where it was enqueued, by each verb", async () => {
  const jobs = create().with(callSites, batches, transactions).connect();
  await jobs.enqueue(work, { n: 1 });
  await jobs.enqueueMany([[work, { n: 2 }]]);
  await jobs.transaction([jobs.statement(work, { n: 3 })]);
  for (const { source } of await stored()) assert.match(source ?? "", /test\/enqueue\/producer\.test\.ts:\d+$/);
});

test("a part that is added leaves the producer that it was added to as it was", () => {
  const alone = create();
  assert.deepEqual(Object.keys(alone.with(batches).connect()), ["enqueue", "enqueueMany"]);
  assert.deepEqual(Object.keys(alone.connect()), ["enqueue"]);
});

test("everything that is wrong with an enqueue is told at once: which option, which value, what it may be", async () => {
  const jobs = create().connect();
  const wrong = {
    id: "7",
    queue: "",
    priority: 1.5,
    retries: -1,
    timeout: "soon",
    delay: new Date(Date.UTC(2_999, 0)),
    within: "2d",
    expiresIn: 0,
    concurrencyKey: 7,
    source: "x\0",
    traceparent: "x".repeat(2_000),
    createdBy: "\ud800",
  };
  await assert.rejects(jobs.enqueue(work, { n: 1 }, wrong as never), (error) => {
    assert.ok(isMayflyError(error, "invalid_options"));
    assert.ok(
      error.message.startsWith(
        'work cannot be enqueued. options.delay: is 2999-01-01T00:00:00.000Z; a date is at most ten years away; options.id: is "7"; it is a UUID;',
      ),
      error.message,
    );
    const told = Object.fromEntries(error.problems.map(({ path, message }) => [path.join("."), message]));
    assert.deepEqual(
      Object.keys(told).sort(),
      Object.keys(wrong)
        .map((option) => `options.${option}`)
        .sort(),
    );
    assert.equal(told["options.priority"], "is 1.5; it is a whole number from -32768 to 32767");
    assert.equal(told["options.timeout"], 'is "soon"; it is a duration such as "30s", up to 24 days');
    assert.equal(told["options.delay"], "is 2999-01-01T00:00:00.000Z; a date is at most ten years away");
    assert.equal(told["options.within"], 'is "2d"; it is a duration such as "15m", up to a day, and from a second');
    assert.equal(told["options.expiresIn"], 'is 0; it is a duration such as "1d", up to ten years');
    assert.equal(told["options.concurrencyKey"], "is of type number; it is valid text of 1 to 255 characters, without NUL");
    return true;
  });
  assert.deepEqual(await stored(), []);
});
