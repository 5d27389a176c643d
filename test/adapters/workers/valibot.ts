/**
 * The starter's jobs with valibot, and no app round them.
 */
import { createMayfly, defineJob, schedule } from "mayfly";
import { cloudflare } from "mayfly/cloudflare";
import * as v from "valibot";

const welcome = defineJob("welcome-user", { payload: v.object({ userId: v.pipe(v.string(), v.uuid()) }) });
const report = defineJob("nightly-report", { payload: v.object({ day: v.pipe(v.string(), v.isoDate()) }) });

const mayfly = createMayfly<{ DATABASE_URL: string }>({
  jobs: [welcome, report],
  schedules: [schedule("nightly-report", "0 0 * * *", report, { payload: (tick) => ({ day: tick.toISOString().slice(0, 10) }) })],
  database: (env) => env.DATABASE_URL,
});

export default cloudflare(mayfly, { handlers: [welcome.handle(() => {}), report.handle(() => {})] });
