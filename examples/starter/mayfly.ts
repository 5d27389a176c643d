/**
 * The queue of the sign-up app.
 */
import { createMayfly } from "mayfly";
import type { Env } from "./database.ts";
import { report, welcome } from "./jobs.ts";

export const mayfly = createMayfly<Env>({
  jobs: [welcome, report],
  database: (env) => env.DATABASE_URL,
});
