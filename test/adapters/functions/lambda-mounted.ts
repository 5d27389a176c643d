/**
 * An app of its own on Lambda, with Mayfly under a path of it.
 */
import { Hono } from "hono";
import { createMayfly, defineJob, type MayflyEnvironment, type MayflyVariables } from "mayfly";
import { lambda } from "mayfly/lambda";

interface Env extends MayflyEnvironment {
  readonly DATABASE_URL: string;
}

const work = defineJob<"work", { n: number }>("work", { timeout: "5s" });
const long = defineJob("long", { timeout: "10m" });
const mayfly = createMayfly<Env>({ jobs: [work, long], database: (env) => env.DATABASE_URL });

const app = new Hono<{ Bindings: Env; Variables: MayflyVariables }>();
app.use(mayfly.middleware());
app.post("/work", async (c) => c.json(await c.var.jobs.enqueue(work, { n: 1 }), 202));
app.route("/queue", mayfly.app());

export const { api, tick } = lambda(mayfly, {
  app,
  handlers: [work.handle<Env>(({ payload }) => payload.n + 1), long.handle<Env>(() => "it had the time")],
});
