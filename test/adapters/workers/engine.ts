/**
 * A Worker whose invocations are an engine: a ledger and lanes as Durable Objects.
 */
import { DurableObject } from "cloudflare:workers";
import { createMayfly, defineJob, schedule } from "mayfly";
import { cloudflare, durableObjects, ledgerOf } from "mayfly/cloudflare";
import { type Env, handlers, jobs } from "../engine-jobs.ts";

const yearly = defineJob("yearly");

const mayfly = createMayfly<Env>({
  jobs: [...jobs, yearly],
  schedules: [schedule("yearly", "0 0 1 1 *", yearly)],
  database: (env) => env.DATABASE_URL,
});

const options = { handlers: [...handlers, yearly.handle<Env>(() => {})] };

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
