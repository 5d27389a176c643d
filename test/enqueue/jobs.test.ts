/**
 * The queue's client: what it enqueues by default, and what it tells of live jobs.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { MayflyError } from "../../src/base/errors.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import type { LiveJob } from "../../src/job/jobs-client.ts";
import { useEngine } from "../support/engine.ts";
import { createWorker } from "../support/worker.ts";

const engine = useEngine();
const producer = () => createWorker({ store: engine.database.store, handlers: [] }).jobs;
const ids = (jobs: readonly LiveJob[]) => jobs.map(({ id }) => id);

test("a job knows where it was enqueued, in each of the ways there are, unless the caller says otherwise", async () => {
  const work = defineJob<"work", { n: number }>("work");
  const jobs = producer();
  await jobs.enqueue(work, { n: 1 });
  await jobs.enqueueMany([
    [work, { n: 2 }],
    [work, { n: 3 }, { source: "elsewhere" }],
  ]);
  await jobs.transaction([jobs.statement(work, { n: 4 })]);
  const rows = await engine.database.sql<{ source: string }>("select source from mayfly.job order by payload ->> 'n'");
  const here = /test\/enqueue\/jobs\.test\.ts:\d+$/;
  assert.deepEqual(
    rows.map(({ source }) => (here.test(source) ? "here" : source)),
    ["here", "here", "elsewhere", "here"],
  );
});

test("defaults come from the definition, and each call may say otherwise", async () => {
  const work = defineJob<"work", { n: number }>("work", {
    queue: "mail",
    priority: 3,
    retries: 2,
    expiresIn: "1h",
    idempotent: true,
    limit: { live: 9, running: 2 },
  });
  const jobs = producer();
  await jobs.enqueue(work, { n: 1 });
  await jobs.enqueue(work, { n: 2 }, { queue: "other", priority: -1, retries: 0, expiresIn: null, delay: "1h", timeout: "5s" });
  await jobs.enqueue(work, { n: 3 }, { expiresIn: new Date(Date.now() + 7_200_000) });
  const rows = await engine.database.sql(
    `select l.queue, l.priority, l.retries, l.timeout_ms, j.idempotent, l.running_limit, l.state,
       round(extract(epoch from l.expires_at - now()) / 3600)::int as hours
     from mayfly.live l
     join mayfly.job j on j.partition = l.partition and j.id = l.id
     order by j.payload ->> 'n'`,
  );
  // The grid of a day begins a day at midnight, in UTC.
  const lazy = defineJob("lazy", { within: "1d" });
  await jobs.enqueue(lazy, {}, { delay: "1h" });
  await jobs.enqueue(lazy, {}, { delay: "1h", within: null });
  const due = await engine.database.sql<{ midnight: boolean }>(
    "select date_trunc('day', run_at at time zone 'UTC') = run_at at time zone 'UTC' as midnight from mayfly.scheduled where name = 'lazy' order by id",
  );
  assert.deepEqual(
    due.map(({ midnight }) => midnight),
    [true, false],
  );
  const common = { idempotent: true, running_limit: 2 };
  assert.deepEqual(rows, [
    { queue: "mail", priority: 3, retries: 2, timeout_ms: null, state: "ready", hours: 1, ...common },
    { queue: "other", priority: -1, retries: 0, timeout_ms: 5_000, state: "scheduled", hours: null, ...common },
    { queue: "mail", priority: 3, retries: 2, timeout_ms: null, state: "ready", hours: 2, ...common },
  ]);
});

test("a limit on running jobs replaces the rule of one live job a key", async () => {
  const work = defineJob<"work", { n: number }>("work", { concurrencyKey: () => "k", limit: { running: 1 } });
  const jobs = producer();
  const outcomes = await jobs.enqueueMany([
    [work, { n: 1 }],
    [work, { n: 2 }],
  ]);
  assert.deepEqual(
    outcomes.map(({ outcome }) => outcome),
    ["enqueued", "enqueued"],
  );
});

test("a batch that is no list of definitions, payloads and options is refused, with all that is wrong with it", async () => {
  const work = defineJob("work");
  const jobs = producer();
  const refusal = async (batch: unknown) =>
    await jobs.enqueueMany(batch as never).then(
      () => assert.fail("it was taken"),
      ({ code, message }: MayflyError) => [code, message],
    );
  const refused = (...problems: string[]) => {
    const list = problems.map((problem) => `jobs.${problem}; it is [definition, payload, options]`).join("; ");
    return ["invalid_options", `The batch cannot be enqueued. ${list}`];
  };
  assert.deepEqual(await refusal(undefined), refused("0: is undefined"));
  assert.deepEqual(await refusal(work), refused("0: is an object"));
  assert.deepEqual(await refusal("work"), refused('0: is "work"'));
  assert.deepEqual(await refusal([work, {}]), refused("0: is an object", "1: is an object"));
  assert.deepEqual(
    await refusal([[work, {}], { definition: work }, ["work", {}], [], [null], null, [work, {}, "1h"]]),
    refused("1: is an object", '2: is "work", an object', "3: is empty", "4: is null", "5: is null", '6: is an object, an object, "1h"'),
  );
  assert.deepEqual(await engine.database.sql("select id from mayfly.job"), []);
});

test("a renamed job still runs what was enqueued under its former names, hooks included", async () => {
  const old = defineJob<"greet", { n: number }>("greet");
  const renamed = defineJob<"welcome", { n: number }>("welcome", { aliases: ["greet", "hello"] });
  const ran: [string, number][] = [];
  const aborted: string[] = [];
  const handlers = [
    renamed.handle(({ name, payload }) => void ran.push([name, payload.n]), { onAborted: ({ name }) => void aborted.push(name) }),
  ];
  const jobs = producer();
  await jobs.enqueue(old, { n: 1 });
  await jobs.enqueue(renamed, { n: 2 });
  const { id } = await jobs.enqueue(old, { n: 3 });
  await jobs.cancel(id);
  await engine.run({ handlers });
  assert.deepEqual(
    [ran, aborted],
    [
      [
        ["greet", 1],
        ["welcome", 2],
      ],
      ["greet"],
    ],
  );
});

test("pending and running jobs are told by name and key, the next ones first; a handler can leave itself out", async () => {
  const work = defineJob<"work", { key: string }>("work", { concurrencyKey: ({ key }) => key, limit: { live: 10 } });
  const exclusive = defineJob<"other", { key: string }>("other", { concurrencyKey: ({ key }) => key });
  const jobs = producer();
  const enqueue = async (key: string, more = {}) => (await jobs.enqueue(work, { key }, more)).id;
  const [a, b, c, d] = [
    await enqueue("k"),
    await enqueue("k", { priority: 9 }),
    await enqueue("k", { delay: "1h" }),
    await enqueue("other"),
  ];
  await jobs.enqueue(exclusive, { key: "k" });
  assert.deepEqual(ids(await jobs.pending(work, { concurrencyKey: "k" })), [b, a, c]);
  assert.deepEqual(ids(await jobs.pending(work)).sort(), [a, b, c, d].sort());
  assert.deepEqual(ids(await jobs.pending(work, { concurrencyKey: "k", limit: 2, except: b })), [a, c]);
  assert.equal((await jobs.pending(exclusive, { concurrencyKey: "k" })).length, 1);
  const seen: unknown[] = [];
  const handlers = [
    work.handle(async ({ jobs: own, id, concurrencyKey = "" }) => {
      const others = await own.running(work, { concurrencyKey, except: id });
      seen.push([(await own.running(work, { concurrencyKey })).some((job) => job.id === id), others.some((job) => job.id === id)]);
    }),
  ];
  await engine.run({ handlers });
  assert.deepEqual(
    seen,
    [1, 2, 3].map(() => [true, false]),
  );
  const [waiting] = await jobs.pending(work);
  assert.deepEqual([waiting?.id, waiting?.state, waiting?.concurrencyKey, waiting?.attempt], [c, "scheduled", "k", 0]);
  await assert.rejects(jobs.pending(work, { limit: 0 }), { code: "invalid_options" });
});

test("a retry by hand through the client runs the job once more", async () => {
  const work = defineJob("work");
  let fails = true;
  const handlers = [
    work.handle(() => {
      if (fails) throw new Error("no");
    }),
  ];
  const jobs = producer();
  const { id } = await jobs.enqueue(work, {});
  await engine.run({ handlers });
  fails = false;
  const retried = await jobs.retry(id);
  await engine.run({ handlers });
  assert.deepEqual([retried.outcome, (await engine.status(retried.id ?? "")).state], ["enqueued", "successful"]);
  assert.deepEqual(await jobs.retry(id), { outcome: "already", id: retried.id });
});
