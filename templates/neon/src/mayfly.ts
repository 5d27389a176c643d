/** The queue. */
import { createMayfly, type MayflyEnvironment } from "mayfly";
import { welcome } from "./jobs.ts";

export interface Env extends MayflyEnvironment {
  /** A Neon database's connection string. For any other Postgres, `database` gives a driver: `pg(new Pool(...))`. */
  readonly DATABASE_URL: string;
}

export const mayfly = createMayfly<Env>({ jobs: [welcome], database: (env) => env.DATABASE_URL });
