/**
 * The queue of the sign-up app.
 */
import { createMayfly, schedule } from "mayfly";
import type { Env } from "./database.ts";
import { report, welcome } from "./jobs.ts";

export const mayfly = createMayfly<Env>({
  jobs: [welcome, report],
  schedules: [
    schedule("nightly-report", "0 0 * * *", report, {
      // At midnight, the day that has just ended.
      payload: (tick) => ({ day: new Date(tick.getTime() - 1).toISOString().slice(0, 10) }),
    }),
  ],
  database: (env) => env.DATABASE_URL,
});
