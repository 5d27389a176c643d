/**
 * Who is told that something may be due earlier: every verb of the queue's seams that makes a job runnable, and no other.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defineJob } from "../../src/job/job-definition.ts";
import type { JobsClient } from "../../src/job/jobs-client.ts";
import type { OperatorClient } from "../../src/operate/operator-client.ts";
import { useQueue } from "../support/queue.ts";

const queue = useQueue();
const work = defineJob("work", { queue: "mail" });
const keyed = defineJob("keyed", { concurrencyKey: () => "k" });
const fails = () => Promise.reject(new Error("no"));
const handlers = [work.handle<undefined>(fails), keyed.handle<undefined>(fails)];

const ENV = { MAYFLY_OPERATOR_TOKENS: "boss:secret-4" } as never;
const ORIGIN = "http://localhost";

/** A program whose announcements are written down, with a few jobs that have failed. */
async function open(failed = 0) {
  const { mayfly, tick } = queue.open({ jobs: [work, keyed] });
  const told: string[] = [];
  const jobs = mayfly.connect(undefined);
  const results = failed > 0 ? await jobs.enqueueMany(Array.from({ length: failed }, () => [work, {}] as const)) : [];
  await tick(handlers);
  mayfly.onAnnounce((_env, _context, { ready, dueInMs, queues }) => {
    const due = dueInMs === null ? "" : dueInMs > 0 ? " later" : " now";
    return (outcome) => void told.push(`${outcome}: ${ready} of ${queues ? [...queues].join() : "some"}${due}`);
  });
  const context = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} };
  const app = mayfly.app();
  return {
    jobs,
    operator: mayfly.operator(undefined),
    ids: results.map(({ id }) => id),
    ask: async (path: string, init: RequestInit) => await app.request(`${ORIGIN}${path}`, init, ENV, context),
    /** What was told since this was last asked. */
    told: () => told.splice(0),
  };
}

type Program = Awaited<ReturnType<typeof open>>;

/** Of each verb of the client: what it tells, or why it need not tell anything. */
const CLIENT: Record<keyof JobsClient, string | ((program: Program) => Promise<void>)> = {
  async enqueue({ jobs, told }) {
    await jobs.enqueue(work, {});
    assert.deepEqual(told(), ["written: 1 of mail"]);
    await jobs.enqueue(work, {}, { delay: "1h" });
    assert.deepEqual(told(), ["written: 0 of  later"]);
    await jobs.enqueue(work, {}, { delay: new Date(Date.now() - 60_000) });
    assert.deepEqual(told(), ["written: 1 of mail"]);
  },
  async enqueueMany({ jobs, told }) {
    await jobs.enqueueMany([
      [work, {}],
      [keyed, {}],
      [work, {}, { delay: "1h" }],
    ]);
    assert.deepEqual(told(), ["written: 2 of mail,default later"]);
  },
  statement: "it only makes a statement; whoever runs it calls wake",
  async transaction({ jobs, told }) {
    await jobs.transaction([jobs.statement(work, {}), ["select 1", []]]);
    assert.deepEqual(told(), ["written: 1 of mail"]);
  },
  get: "it only reads",
  pending: "it only reads",
  running: "it only reads",
  async cancel({ jobs, told }) {
    const { id } = await jobs.enqueue(work, {});
    told();
    await jobs.cancel(id);
    assert.deepEqual(told(), ["written: 1 of some"]);
  },
  async retry({ jobs, ids, told }) {
    await jobs.retry(ids[0] as string);
    await jobs.retry(ids[0] as string);
    assert.deepEqual(told(), ["written: 1 of some", "refused: 1 of some"]);
  },
  async wake({ jobs, told }) {
    jobs.wake();
    jobs.wake({ delay: "1h" });
    assert.deepEqual(told(), ["written: 1 of some", "written: 0 of some later"]);
    assert.throws(() => jobs.wake({ delay: "soon" as never }), { code: "invalid_options" });
  },
};

/** The same of the operator's client. */
const OPERATOR: Record<keyof OperatorClient, string | ((program: Program) => Promise<void>)> = {
  stats: "it only reads",
  diagnose: "it only reads",
  overview: "it only reads",
  metrics: "it only reads",
  jobs: "it only reads",
  results: "it only reads",
  workers: "it only reads",
  queues: "it only reads",
  schedules: "it only reads",
  signIns: "they are no jobs",
  async retryMany({ operator, ids, told }) {
    await operator.retryMany(ids);
    await operator.retryMany(ids);
    assert.deepEqual(told(), ["written: 1 of some", "refused: 1 of some"]);
  },
  purge: "it ends jobs without their hooks; places under a running limit are given back by the workers that run them",
  clear: "it removes results",
  pauseQueue: "nothing is due earlier by it",
  async resumeQueue({ operator, told }) {
    await operator.resumeQueue("mail");
    assert.deepEqual(told(), ["written: 1 of mail"]);
  },
  pauseSchedule: "nothing is due earlier by it",
  async resumeSchedule({ operator, told }) {
    await operator.resumeSchedule("default", "none");
    assert.deepEqual(told(), ["refused: 0 of some now"]);
  },
};

for (const [client, verbs] of Object.entries({ jobs: CLIENT, operator: OPERATOR })) {
  describe(`of the ${client}' client`, () => {
    test("every verb has an answer to whether it makes jobs runnable", async () => {
      const program = await open();
      const there = Object.keys(program[client as "jobs" | "operator"]).filter((verb) => verb !== "enqueueOnce");
      assert.deepEqual(there.sort(), Object.keys(verbs).sort());
    });

    for (const [verb, check] of Object.entries(verbs)) {
      if (typeof check === "string") continue;
      test(`${verb} says so`, async () => {
        await check(await open(2));
      });
    }
  });
}

describe("a job that does not go in", () => {
  test("is told as refused", async () => {
    const { jobs, told } = await open();
    await jobs.enqueue(keyed, {});
    await jobs.enqueue(keyed, {});
    assert.deepEqual(told(), ["written: 1 of default", "refused: 1 of default"]);
  });

  test("is told as unknown where the database failed", async () => {
    const { jobs, told } = await open();
    await queue.database.sql("alter table mayfly.job rename to gone");
    try {
      await assert.rejects(jobs.enqueue(work, {}));
    } finally {
      await queue.database.sql("alter table mayfly.gone rename to job");
    }
    assert.deepEqual(told(), ["unknown: 1 of mail"]);
  });
});

test("the API and the dashboard say so as the clients do", async () => {
  const { ids, ask, told } = await open(2);
  const [one, two] = ids as [string, string];
  const headers = { authorization: "Bearer boss:secret-4" };
  await ask("/v1/jobs", { method: "POST", headers: { ...headers, "idempotency-key": "once" }, body: JSON.stringify({ name: "work" }) });
  await ask(`/v1/jobs/${one}/retry`, { method: "POST", headers });
  assert.deepEqual(told(), ["written: 1 of mail", "written: 1 of some"]);
  const form = async (path: string, fields: Record<string, string>, cookie = "") =>
    await ask(path, { method: "POST", headers: { origin: ORIGIN, cookie }, body: new URLSearchParams(fields) });
  const signed = await form("/sign-in", { token: "boss:secret-4" });
  const cookie = signed.headers
    .getSetCookie()
    .map((set) => set.split(";")[0])
    .join("; ");
  const page = await (await ask("/enqueue", { headers: { cookie } })).text();
  const [, csrf = ""] = /name="csrf" value="([^"]+)"/.exec(page) ?? [];
  await form(`/jobs/${two}/retry`, { csrf }, cookie);
  assert.deepEqual(told(), ["written: 1 of some"]);
});

test("a consumer serves its own queues, and one that is not known", async () => {
  const consumer = queue.open({ jobs: [work, keyed] }).consumer(handlers);
  assert.deepEqual(
    [["mail"], ["default", "other"], ["other"], [], undefined].map((queues) => consumer.serves(queues && new Set(queues))),
    [true, true, false, false, true],
  );
});
