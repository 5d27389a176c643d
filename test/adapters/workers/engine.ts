/**
 * A Worker whose invocations are an engine: a ledger and lanes as Durable Objects.
 */
import { DurableObject } from "cloudflare:workers";
import { createMayfly, type Duration, defineJob, type MayflyEnvironment, schedule } from "mayfly";
import { cloudflare, durableObjects, ledgerOf } from "mayfly/cloudflare";

interface Env extends MayflyEnvironment {
  readonly DATABASE_URL: string;
}

interface Failure {
  /** Until the retry. */
  readonly delay: Duration;
}

const quick = defineJob("quick");
const slow = defineJob<"slow", { ms: number }>("slow", { timeout: "10s" });
const flaky = defineJob<"flaky", Failure>("flaky", { retries: 1, retryDelay: (_, error) => (error as Failure).delay });
const chain = defineJob<"chain", { left: number }>("chain");
const later = defineJob<"later", { delay: string }>("later");
const single = defineJob<"single", { ms: number }>("single", { limit: { running: 1 }, concurrencyKey: () => "one" });
const yearly = defineJob("yearly");

const mayfly = createMayfly<Env>({
  jobs: [quick, slow, flaky, chain, later, single, yearly],
  schedules: [schedule("yearly", "0 0 1 1 *", yearly)],
  database: (env) => env.DATABASE_URL,
});

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const options = {
  handlers: [
    quick.handle<Env>(() => {}),
    slow.handle<Env>(({ payload: { ms } }) => pause(ms)),
    flaky.handle<Env>(({ attempt, payload: { delay } }) => {
      if (attempt === 1) throw Object.assign(new Error("the first time it fails"), { delay });
    }),
    chain.handle<Env>(async ({ payload: { left }, jobs }) => {
      if (left > 0) await jobs.enqueue(chain, { left: left - 1 });
    }),
    later.handle<Env>(async ({ payload: { delay }, jobs }) => {
      await jobs.enqueue(quick, {}, { delay });
    }),
    single.handle<Env>(({ payload: { ms } }) => pause(ms)),
    yearly.handle<Env>(() => {}),
  ],
};

const worker = cloudflare(mayfly, options);

export default {
  ...worker,
  async fetch(request: Request, env: Env, context: Parameters<typeof worker.fetch>[2]) {
    const { pathname } = new URL(request.url);
    if (pathname === "/ledger") return Response.json(await ledgerOf(env)?.status());
    if (pathname === "/wake") {
      mayfly.connect(env, context).wake();
      return new Response();
    }
    return await worker.fetch(request, env, context);
  },
};

export const { MayflyLedger, MayflyLane } = durableObjects(mayfly, options, DurableObject);
