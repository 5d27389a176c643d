/**
 * A function whose ticks are started by a wake queue.
 */
import { createMayfly } from "mayfly";
import { lambda } from "mayfly/lambda";
import { type Env, handlers, jobs } from "../engine-jobs.ts";

const mayfly = createMayfly<Env>({ jobs, database: (env) => env.DATABASE_URL });

export const { api, tick } = lambda(mayfly, { claimFor: "2s", maxWorkers: 4, handlers });
