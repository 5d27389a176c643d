/**
 * How long jobs wait for a consumer in workerd, with a cron each minute: with a wake ledger and lanes, and without.
 * @module
 */
import { setTimeout as pause } from "node:timers/promises";
import pgClient from "pg";
import { startCountingEndpoint } from "../../test/support/counting-endpoint.ts";
import { startWorkers } from "../../test/support/workerd.ts";
import type { Figures } from "../figures.ts";
import { type Options, type Scenario, scaled } from "../scenario.ts";
import { quantile } from "../statistics.ts";

/** As many lanes, each with as many slots, as the Worker has by default. */
const SLOTS = 8 * 4;
const SLOW_MS = 200;
const SAMPLE_MS = 100;
const MINUTE_MS = 60_000;

const CONFIGS = { ledger: "test/adapters/workers/engine.toml", alone: "test/adapters/workers/engine-alone.toml" } as const;

/** A Worker under measurement, and its database. */
interface Stage {
  enqueue(jobs: readonly object[]): Promise<void>;
  rows<Row extends object>(text: string): Promise<Row[]>;
  /** Statements asked so far. */
  queries(): number;
}

type Measure = (stage: Stage, count: number) => Promise<Figures>;

const MEASURES: Readonly<Record<string, Measure>> = { burst, later, retry, chain, atOnce, soon };

/** Each takes a minute or so with the ledger; without it, what waits for a cron takes as long as that. */
export const wake: Scenario = {
  name: "wake",
  ratios: {},
  mostRounds: 1,
  cases: (scale) => [
    { name: `2,000 jobs of ${SLOW_MS} ms`, subjects: ["ledger", "alone"], options: { measure: "burst", count: scaled(2_000, scale) } },
    { name: "a delay of 10 s", subjects: ["ledger", "alone"], options: { measure: "later", count: scaled(100, scale) } },
    { name: "a retry after 5 s", subjects: ["ledger", "alone"], options: { measure: "retry", count: scaled(100, scale) } },
    { name: "a chain of 50", subjects: ["ledger", "alone"], options: { measure: "chain", count: scaled(50, scale) } },
    { name: "200 enqueues at once", subjects: ["ledger", "alone"], options: { measure: "atOnce", count: scaled(200, scale) } },
    { name: "one enqueue after the other", subjects: ["ledger", "alone"], options: { measure: "soon", count: scaled(1_000, scale) } },
  ],
  async measure(url, subject, { measure, count }: Options): Promise<Figures> {
    const pool = new pgClient.Pool({ connectionString: url, max: 40 });
    const endpoint = await startCountingEndpoint({ pool });
    const config = CONFIGS[subject as keyof typeof CONFIGS];
    const workerd = await startWorkers([config], { ...endpoint.vars, MAYFLY_OPERATOR_TOKENS: "token-of-a-test" });
    const cron = () => void workerd.getWorker().scheduled({ cron: "* * * * *" });
    cron();
    const timer = setInterval(cron, MINUTE_MS);
    const stage: Stage = {
      async enqueue(jobs) {
        const body = JSON.stringify(jobs.length === 1 ? jobs[0] : { jobs });
        const send = () => workerd.fetch("/v1/jobs", { method: "POST", body, headers: { authorization: "Bearer token-of-a-test" } });
        // A connection that was idle may just be closed by the other side.
        const response = await send().catch(send);
        if (response.status !== 201) throw new Error(await response.text());
        await response.arrayBuffer();
      },
      rows: async (text) => (await pool.query(text)).rows,
      queries: () => endpoint.queries,
    };
    try {
      const found = MEASURES[String(measure)];
      if (!found) throw new Error(`There is no measure ${measure}.`);
      await pause(2_000);
      return await found(stage, Number(count));
    } finally {
      clearInterval(timer);
      await workerd.close();
      await endpoint.close();
      await pool.end();
    }
  },
};

/** Two calls; the time by the ideal, and the longest time in which jobs were ready and none ran. */
async function burst(stage: Stage, count: number): Promise<Figures> {
  const startedAt = performance.now();
  const half = Array.from({ length: Math.ceil(count / 2) }, () => ({ name: "slow", payload: { ms: SLOW_MS } }));
  await stage.enqueue(half);
  await stage.enqueue(half);
  let [longest, idleSince] = [0, performance.now()];
  for (;;) {
    const [row] = await stage.rows<{ ready: boolean; running: number; live: boolean }>(
      `select exists (select from mayfly.ready) as ready, (select count(*)::integer from mayfly.running) as running,
        exists (select from mayfly.live) as live`,
    );
    const now = performance.now();
    if (!row?.ready || row.running > 0) idleSince = now;
    longest = Math.max(longest, now - idleSince);
    if (!row?.live) break;
    await pause(SAMPLE_MS);
  }
  const ms = performance.now() - startedAt;
  return { "by ideal": ms / ((half.length * 2 * SLOW_MS) / SLOTS), "longest pause ms": longest, s: ms / 1_000 };
}

async function later(stage: Stage, count: number): Promise<Figures> {
  for (let n = 0; n < count; n++) {
    await stage.enqueue([{ name: "quick", delay: "10s" }]);
    await pause(MINUTE_MS / 200);
  }
  return await lateness(stage, count, "r.started_at - r.ready_at");
}

async function retry(stage: Stage, count: number): Promise<Figures> {
  for (let n = 0; n < count; n++) {
    await stage.enqueue([{ name: "flaky", payload: { delay: "5s" } }]);
    await pause(MINUTE_MS / 200);
  }
  return await lateness(stage, count, "r.started_at - r.ready_at");
}

async function soon(stage: Stage, count: number): Promise<Figures> {
  const before = stage.queries();
  for (let n = 0; n < count; n++) {
    await stage.enqueue([{ name: "quick" }]);
    await pause(10);
  }
  const figures = await lateness(stage, count, "r.started_at - r.ready_at");
  return { ...figures, "queries a job": (stage.queries() - before) / count };
}

async function atOnce(stage: Stage, count: number): Promise<Figures> {
  await Promise.all(Array.from({ length: count }, () => stage.enqueue([{ name: "quick" }])));
  await ended(stage, count);
  const [row] = await stage.rows<{ workers: number }>("select count(distinct worker_id)::integer as workers from mayfly.result");
  return { drains: row?.workers ?? Number.NaN };
}

/** The longest time between the end of a link and the start of the next one. */
async function chain(stage: Stage, count: number): Promise<Figures> {
  await stage.enqueue([{ name: "chain", payload: { left: count - 1 } }]);
  await ended(stage, count);
  const rows = await stage.rows<{ ms: number }>(
    `select (extract(epoch from r.started_at - lag(r.finished_at) over (order by r.started_at)) * 1000)::float8 as ms
    from mayfly.result r where r.name = 'chain' order by r.started_at offset 1`,
  );
  return { "longest pause ms": Math.max(...rows.map(({ ms }) => ms)) };
}

async function lateness(stage: Stage, count: number, wait: string): Promise<Figures> {
  await ended(stage, count);
  const rows = await stage.rows<{ ms: number }>(
    `select (extract(epoch from ${wait}) * 1000)::float8 as ms from mayfly.result r where r.outcome = 'successful' and r.name <> 'yearly'`,
  );
  const waits = rows.map(({ ms }) => ms);
  return { "p50 ms": quantile(waits, 0.5), "p99 ms": quantile(waits, 0.99), "longest ms": Math.max(...waits) };
}

async function ended(stage: Stage, count: number): Promise<void> {
  for (;;) {
    const [row] = await stage.rows<{ jobs: number }>("select count(*)::integer as jobs from mayfly.result where outcome = 'successful'");
    if ((row?.jobs ?? 0) >= count) return;
    await pause(SAMPLE_MS);
  }
}
