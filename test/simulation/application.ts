/**
 * An application that uses all that a queue can do, and the programs around it.
 * @module
 */
import { exponential } from "../../src/job/backoff.ts";
import { defer } from "../../src/job/defer.ts";
import type { Handler } from "../../src/job/handler.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import { schedule } from "../../src/schedule/schedule.ts";
import type { Producer, SimulationOptions } from "../../src/testing/simulation/simulate.ts";

const plain = defineJob("plain", { timeout: "10s" });
const retried = defineJob("retried", { timeout: "10s", retries: 2, retryDelay: exponential({ base: "20s" }) });
const withHooks = defineJob("with hooks", { timeout: "10s", retries: 1, retryDelay: "5s" });
const keyed = defineJob<"keyed", { readonly key: string }>("keyed", {
  timeout: "10s",
  retries: 1,
  retryDelay: "10s",
  concurrencyKey: ({ key }) => key,
});
const limited = defineJob("limited", { timeout: "10s", limit: { live: 2 } });
const throttled = defineJob("throttled", { timeout: "10s", limit: { running: 1 }, concurrencyKey: () => "one" });
const deferred = defineJob("deferred", { timeout: "10s" });
const idempotent = defineJob("idempotent", { timeout: "10s", idempotent: true });
const expiring = defineJob("expiring", { timeout: "10s", expiresIn: "15s" });
const ruled = defineJob("ruled", { timeout: "10s", shouldEnqueue: ({ pending, running }) => pending + running < 2 });
const parent = defineJob("parent", { timeout: "10s" });
const fresh = defineJob("fresh", { timeout: "10s", aliases: ["stale"] });
const ticked = defineJob<"ticked", { readonly tick: string }>("ticked", { timeout: "10s", retries: 1 });

const schedules = [
  schedule("each minute", "* * * * *", ticked, { missed: "all", payload: (tick) => ({ tick: tick.toISOString() }) }),
  schedule("alone", "30 * * * * *", ticked, { overlap: "skip", payload: (tick) => ({ tick: tick.toISOString() }) }),
];

/** Fails on its first attempt, so that each seed has retries. */
const failsFirst = ({ attempt }: { readonly attempt: number }) => {
  if (attempt === 1) throw new Error("the first attempt fails");
};

function handlers(): Handler<undefined>[] {
  const seen = new Set<string>();
  return [
    plain.handle(() => "done"),
    retried.handle(failsFirst),
    withHooks.handle(failsFirst, { onAborted: () => {}, onFailed: () => {} }),
    keyed.handle(failsFirst),
    limited.handle(() => {}),
    throttled.handle(() => {}),
    deferred.handle(({ id }) => {
      if (seen.has(id)) return "done";
      seen.add(id);
      return defer("20s");
    }),
    idempotent.handle(() => {}),
    expiring.handle(() => {}),
    ruled.handle(() => {}),
    parent.handle(async ({ jobs }) => void (await jobs.enqueue(plain, {}))),
    fresh.handle(() => {}),
    ticked.handle(() => {}),
  ];
}

type Verb = (producer: Producer) => Promise<unknown>;

const VERBS: readonly [Verb, ...Verb[]] = [
  ({ jobs }) => jobs.enqueue(plain, {}),
  ({ jobs, random }) => jobs.enqueue(plain, {}, { delay: random.below(60_000), priority: random.below(3) }),
  ({ jobs }) => jobs.enqueueMany([plain, withHooks, retried, throttled].map((job) => [job, {}] as const)),
  ({ jobs }) => jobs.enqueue(retried, {}),
  ({ jobs }) => jobs.enqueue(withHooks, {}),
  ({ jobs, random }) => jobs.enqueue(keyed, { key: random.pick(["a", "b"]) }),
  ({ jobs }) => jobs.enqueueMany(["b", "a", "b"].map((key) => [keyed, { key }] as const)),
  ({ jobs }) => jobs.enqueueMany([1, 2, 3].map(() => [limited, {}] as const)),
  ({ jobs }) => jobs.enqueueMany([1, 2, 3].map(() => [throttled, {}] as const)),
  ({ jobs }) => jobs.enqueue(deferred, {}),
  ({ jobs }) => jobs.enqueue(idempotent, {}),
  ({ jobs, random }) => jobs.enqueue(expiring, {}, { delay: random.below(30_000) }),
  ({ jobs }) => jobs.enqueue(ruled, {}),
  ({ jobs }) => jobs.enqueue(parent, {}),
  ({ jobs }) => jobs.enqueue(fresh, {}),
  async ({ jobs, random, sleep }) => {
    const { id } = await jobs.enqueue(random.chance(0.5) ? withHooks : retried, {}, { delay: random.below(5_000) });
    await sleep(random.below(20_000));
    await jobs.cancel(id);
  },
  async ({ jobs, random, sleep }) => {
    const { id } = await jobs.enqueue(plain, {});
    await sleep(random.below(30_000));
    await jobs.retry(id);
    await sleep(random.below(30_000));
    await jobs.retry(id);
  },
];

/** How this application is simulated with this seed. A third of the seeds has schedules, which make twice the work. */
export function application(seed: number): SimulationOptions<undefined> {
  const set = seed % 3 === 0 ? schedules : [];
  return {
    seed,
    handlers: handlers(),
    schedules: set,
    // It knows nothing of what is fresh, of the jobs of schedules, and of one of the schedules.
    older: { handlers: handlers().filter(({ definition }) => definition !== fresh && definition !== ticked), schedules: set.slice(0, 1) },
    async produce(producer) {
      for (let nth = 1 + producer.random.below(2); nth > 0; nth--) {
        await producer.random.pick(VERBS)(producer);
        await producer.sleep(producer.random.below(20_000));
      }
    },
  };
}
