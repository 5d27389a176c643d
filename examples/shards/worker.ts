/**
 * The entry file on Cloudflare Workers: enqueues go to the shard of their key, each shard has a ledger and lanes of its own, lists are put together.
 */
import { DurableObject } from "cloudflare:workers";
import { Hono } from "hono/tiny";
import { isMayflyError } from "mayfly";
import { type DurableObjectClass, durableObjects, type ScheduledHandler, scheduled } from "mayfly/cloudflare";
import { addUp, askAll, merge } from "./ask-all.ts";
import { handlers, invoice } from "./jobs.ts";
import { a, b, envOf, type Shard, type ShardEnv, shardOf, shards } from "./shards.ts";

const app = new Hono<{ Bindings: object }>();

app.post("/invoices", async (c) => {
  const payload = (await c.req.json()) as { customer: string; cents: number };
  const shard = shardOf(payload.customer);
  try {
    const jobs = shard.mayfly.connect(envOf(c.env, shard), c.executionCtx);
    return c.json({ ...(await jobs.enqueue(invoice, payload)), shard: shard.name }, 201);
  } catch (error) {
    if (isMayflyError(error) && error.code === "invalid_payload") return c.json({ error: error.message }, 422);
    return c.json({ error: `The database ${shard.name} cannot be asked.` }, 503);
  }
});

// What operators see: an app of yours would ask who they are.
app.get("/results", async (c) => {
  const { answers, missing } = await askAll(c.env, (operator) => operator.results({ limit: 50 }));
  return c.json({ results: merge(answers, ({ finishedAt }) => finishedAt).slice(0, 50), missing });
});

app.get("/stats", async (c) => {
  const { answers, missing } = await askAll(c.env, (operator) => operator.stats());
  return c.json({ queues: addUp(answers.map(({ queues }) => queues)), missing });
});

// The API and the pages of each: /A, /B.
for (const shard of shards) {
  const own = new Hono<{ Bindings: object }>().route(`/${shard.name}`, shard.mayfly.app());
  app.all(`/${shard.name}/*`, (c) => own.fetch(c.req.raw, envOf(c.env, shard), c.executionCtx));
}

const crons = shards.map((shard) => ({ shard, run: scheduled<ShardEnv>(shard.mayfly, { handlers }) }));

/** Runs the cron of each shard. Where one fails, the others end first, and then its error is thrown. */
const cron: ScheduledHandler<object> = async (event, env, context) => {
  const runs = await Promise.allSettled(crons.map(({ shard, run }) => run(event, envOf(env, shard), context)));
  for (const run of runs) if (run.status === "rejected") throw run.reason;
};

/** The shard's Durable Objects, which see what is the shard's. */
function objectsOf(shard: Shard) {
  const { MayflyLedger, MayflyLane } = durableObjects<ShardEnv>(shard.mayfly, { handlers }, DurableObject);
  const seen = (env: object) => envOf(env, shard) as never;
  return {
    Ledger: class extends MayflyLedger {
      constructor(context: never, env: object) {
        super(context, seen(env));
      }
    },
    Lane: class extends MayflyLane {
      constructor(context: never, env: object) {
        super(context, seen(env));
      }
    },
  } satisfies Record<string, DurableObjectClass>;
}

export default { fetch: app.fetch, scheduled: cron };
export const { Ledger: LedgerA, Lane: LaneA } = objectsOf(a);
export const { Ledger: LedgerB, Lane: LaneB } = objectsOf(b);
