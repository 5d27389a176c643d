/** The queue. */
import { createMayfly, type MayflyEnvironment, pg } from "mayfly";
import { Pool } from "pg";
import { welcome } from "./jobs.ts";

export interface Env extends MayflyEnvironment {
  readonly DATABASE_URL?: string | undefined;
}

let pool: Pool | undefined;

/** One for the whole process. It lets a program end that has nothing left to do, although it holds connections. */
function connections(env: Env): Pool {
  pool ??= new Pool({ connectionString: env.DATABASE_URL, allowExitOnIdle: true });
  return pool;
}

export const mayfly = createMayfly<Env>({ jobs: [welcome], database: (env) => pg(connections(env)) });
