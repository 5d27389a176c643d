/**
 * A Worker that offers its queue to others of the account.
 */
import { WorkerEntrypoint } from "cloudflare:workers";
import { createMayfly, defineJob, type MayflyEnvironment } from "mayfly";
import { cloudflare, jobsEntrypoint } from "mayfly/cloudflare";
import * as z from "zod";

interface Env extends MayflyEnvironment {
  readonly DATABASE_URL: string;
}

const work = defineJob("work", { payload: z.object({ n: z.int() }) });
const secret = defineJob("secret");
const mayfly = createMayfly<Env>({ jobs: [work, secret], database: (env) => env.DATABASE_URL });

export class Jobs extends jobsEntrypoint(mayfly, WorkerEntrypoint) {}

export default cloudflare(mayfly, {
  handlers: [work.handle<Env>(({ payload }) => payload.n + 1), secret.handle<Env>(() => "told")],
  // So few that a cron invocation does not get to the end of a long queue: 4 slots, 5 set aside for the turns.
  subrequests: { limit: 40, perJob: 5 },
});
