/**
 * A Worker with an app of its own, and Mayfly under a path of it.
 */
import { Hono } from "hono";
import { createMayfly, defineJob, type MayflyEnvironment, type MayflyVariables } from "mayfly";
import { scheduled } from "mayfly/cloudflare";

interface Env extends MayflyEnvironment {
  readonly DATABASE_URL: string;
}

const work = defineJob<"work", { n: number }>("work");
const mayfly = createMayfly<Env>({ jobs: [work], database: (env) => env.DATABASE_URL });

const app = new Hono<{ Bindings: Env; Variables: MayflyVariables }>();
app.use(mayfly.middleware());
app.post("/work", async (c) => c.json(await c.var.jobs.enqueue(work, { n: 1 }), 202));
app.route("/queue", mayfly.app());

export default { fetch: app.fetch, scheduled: scheduled(mayfly, { handlers: [work.handle<Env>(({ payload }) => payload.n + 1)] }) };
