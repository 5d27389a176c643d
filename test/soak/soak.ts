/**
 * A mixed load for a long time on one worker that lives on and one that dies again and again, and what grows meanwhile.
 * @module
 */
import { join } from "node:path";
import { keep } from "../chaos/programs.ts";
import { startTestServer } from "../support/database.ts";
import { seeded } from "../support/random.ts";
import { mayfly } from "./app.config.ts";
import { load } from "./load.ts";
import { type Sample, sample } from "./samples.ts";

export interface Soaked {
  readonly samples: readonly Sample[];
  readonly jobs: number;
  readonly results: number;
  readonly deaths: number;
  /** Jobs that were live at the end of the load, and a minute later still had no result. */
  readonly left: number;
}

const EVERY_MS = 5_000;
/** The worker that dies lives for so long. */
const LIFE_MS = 20_000;

/** A table is vacuumed at 1,000 dead rows instead of 5,000, so that also those with few changes are vacuumed many times. */
const VACUUM_SOONER = `
  do $$
  declare
    name text;
  begin
    for name in select relname from pg_class where relnamespace = 'mayfly'::regnamespace and array_to_string(reloptions, ' ') like '%threshold=5000%'
    loop
      execute format('alter table mayfly.%I set (autovacuum_vacuum_threshold = 1000)', name);
    end loop;
  end
  $$`;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs it, and tells of every sample. */
export async function soak(minutes: number, tell: (sample: Sample) => void): Promise<Soaked> {
  const server = await startTestServer(18, { autovacuum_naptime: "10s" });
  const database = await server.database();
  await database.sql(VACUUM_SOONER);
  const queues = ["default", "paused"].flatMap((queue) => ["--queue", queue]);
  const worker = (...flags: string[]) => {
    const config = join(import.meta.dirname, "app.config.ts");
    const args = ["--expose-gc", "src/cli/mayfly.ts", "worker", "--config", config, "--stats-every", "0", ...queues, ...flags];
    return keep(args, { DATABASE_URL: database.url });
  };
  const [lives, dies] = [worker("--in-process", "--concurrency", "20", "--queue", "measured"), worker("--max-processes", "1")];
  const over = new AbortController();
  const loading = load(database, seeded(1), over.signal);
  const samples: Sample[] = [];
  let deaths = 0;
  try {
    const end = performance.now() + minutes * 60_000;
    let diesAt = performance.now() + LIFE_MS;
    while (performance.now() < end) {
      await pause(EVERY_MS);
      const taken = await sample(database, lives.pid());
      samples.push(taken);
      tell(taken);
      if (performance.now() < diesAt) continue;
      dies.kill();
      deaths++;
      diesAt = performance.now() + LIFE_MS;
    }
    over.abort();
    const jobs = await loading;
    await mayfly.withDriver(database.driver).operator({}).resumeQueue("paused");
    const rows = async (table: string) => (await database.sql<{ n: number }>(`select count(*)::int as n from mayfly.${table}`))[0]?.n ?? 0;
    for (let tries = 0; tries < 60 && (await rows("live")) > 0; tries++) await pause(1_000);
    return { samples, jobs, results: await rows("result"), deaths, left: await rows("live") };
  } finally {
    over.abort();
    await loading.catch(() => {});
    await Promise.all([lives.stop(), dies.stop()]);
    await database.close();
    await server.stop();
  }
}
