/**
 * Who wakes the consumer that runs in the same program, and for which queues.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { defineJob } from "../../src/job/job-definition.ts";
import { useQueue } from "../support/queue.ts";

const queue = useQueue();
const work = defineJob("work", { queue: "mail" });
const keyed = defineJob("keyed", { concurrencyKey: () => "k" });
const fails = () => Promise.reject(new Error("no"));
const handlers = [work.handle<undefined>(fails), keyed.handle<undefined>(fails)];

const ENV = { MAYFLY_OPERATOR_TOKENS: "boss" } as never;
const ORIGIN = "http://localhost";

/** A program whose pokes are written down, with a few jobs that have failed. */
async function open(failed: number) {
  const { mayfly, tick } = queue.open({ jobs: [work, keyed] });
  const pokes: (readonly string[] | undefined)[] = [];
  mayfly.onPoke(async (_env, queues) => pokes.push(queues && [...queues]));
  const kept: Promise<unknown>[] = [];
  const context = { waitUntil: (promise: Promise<unknown>) => void kept.push(promise), passThroughOnException: () => {}, props: {} };
  const app = mayfly.app();
  const results = await mayfly.connect(undefined).enqueueMany(Array.from({ length: failed }, () => [work, {}] as const));
  await tick(handlers);
  return {
    mayfly,
    context,
    tick,
    ids: results.map(({ id }) => id),
    ask: async (path: string, init: RequestInit) => await app.request(`${ORIGIN}${path}`, init, ENV, context),
    /** The pokes since this was last asked. */
    async poked() {
      await Promise.all(kept.splice(0));
      return pokes.splice(0);
    },
  };
}

test("an enqueue of a job that can run at once pokes for its queue, and no other does", async () => {
  const { mayfly, context, poked } = await open(1);
  const jobs = mayfly.connect(undefined, context);
  await jobs.enqueue(work, {}, { delay: "1h" });
  assert.deepEqual(await poked(), []);
  await jobs.enqueue(work, {});
  assert.deepEqual(await poked(), [["mail"]]);
});

test("a retry by hand pokes, from code and over the API, for one job and for many; which queue it is, is not known", async () => {
  const { mayfly, context, ids, ask, poked } = await open(4);
  const [one, two, three, four] = ids as [string, string, string, string];
  const post = async (path: string, body?: object) =>
    await ask(path, { method: "POST", headers: { authorization: "Bearer boss" }, ...(body ? { body: JSON.stringify(body) } : {}) });
  await mayfly.connect(undefined, context).retry(one);
  assert.deepEqual(await poked(), [undefined]);
  await post(`/v1/jobs/${two}/retry`);
  assert.deepEqual(await poked(), [undefined]);
  await post("/v1/results/retry", { ids: [one, three] });
  assert.deepEqual(await poked(), [undefined]);
  await mayfly.operator(undefined, context).retryMany([four]);
  assert.deepEqual(await poked(), [undefined]);
  assert.equal((await queue.database.sql("select id from mayfly.job where retry_of is not null")).length, 4);
});

test("a retry that puts nothing in pokes for nothing, nor does one without an invocation to keep alive", async () => {
  const { mayfly, context, ids, poked } = await open(2);
  const [one, two] = ids as [string, string];
  await mayfly.connect(undefined).retry(one);
  await mayfly.operator(undefined).retryMany([two]);
  await mayfly.connect(undefined, context).retry(one);
  await mayfly.operator(undefined, context).retryMany([one, two]);
  assert.deepEqual(await poked(), []);
});

test("a retry on the dashboard pokes, too", async () => {
  const { ids, ask, poked } = await open(2);
  const [one, two] = ids as [string, string];
  const form = async (path: string, fields: Record<string, string>, cookie = "") =>
    await ask(path, { method: "POST", headers: { origin: ORIGIN, cookie }, body: new URLSearchParams(fields) });
  const signed = await form("/sign-in", { token: "boss" });
  const cookie = signed.headers
    .getSetCookie()
    .map((set) => set.split(";")[0])
    .join("; ");
  const page = await (await ask("/enqueue", { headers: { cookie } })).text();
  const [, csrf = ""] = /name="csrf" value="([^"]+)"/.exec(page) ?? [];
  await form(`/jobs/${one}/retry`, { csrf }, cookie);
  assert.deepEqual(await poked(), [undefined]);
  await form("/results/retry", { csrf, id: two }, cookie);
  assert.deepEqual(await poked(), [undefined]);
});

test("a consumer is woken for its own queues, and for one that is not known", async () => {
  const consumer = queue.open({ jobs: [work, keyed] }).consumer(handlers);
  assert.deepEqual(
    [["mail"], ["default", "other"], ["other"], [], undefined].map((queues) => consumer.serves(queues && new Set(queues))),
    [true, true, false, false, true],
  );
});
