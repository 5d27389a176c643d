/**
 * The floor: the rows that Mayfly writes, moved by bare SQL over Mayfly's own tables and indexes, 500 a call. No claims, no order, no fences, no
 * tallies, and the rows are not even read by the client; so nothing over these tables can be faster.
 * @module
 */
import pgClient from "pg";
import { systemClock } from "../../src/app/system-clock.ts";
import { createIdSource } from "../../src/base/ids.ts";
import { contenderOf } from "../contenders/index.ts";
import { payloadsOf } from "../payloads.ts";
import { processJobs } from "../process-jobs.ts";
import { type Figures, firstFigure, type Scenario, scaled } from "../scenario.ts";
import { perSecond } from "../statistics.ts";

const PER_CALL = 500;
const CLIENTS = 2;

/** As `mayfly.enqueue_v1` inserts. */
const INSERT = `insert into mayfly.job (id, state, queue, name, exclusive, idempotent, priority, retries, run_at, ready_at, payload)
  select j.id, 'ready', 'default', 'bench', false, false, 0, 0, now(), now(), j.payload from unnest($1::uuid[], $2::jsonb[]) as j(id, payload)`;

/** As `mayfly.turn_v1` claims. */
const START = `update mayfly.job
  set state = 'running', worker_id = $2, claim_id = $3, started_at = now(), parked = 0, hooked = false, attempt = attempt + 1, hook_tries = 0
  where id = any ($1::uuid[])`;

/** As `mayfly.turn_v1` settles. */
const SETTLE = `with ended as (
    delete from mayfly.job j where j.id = any ($1::uuid[])
    returning j.id, j.claim_id, j.worker_id, j.retry_of, j.run_at, j.created_at, j.started_at, j.timeout_ms, j.running_limit, j.priority, j.retries,
      j.attempt, j.exclusive, j.idempotent, j.queue, j.name, j.concurrency_key, j.source, j.traceparent, j.tracestate, j.created_by, j.payload
  )
  insert into mayfly.result (id, claim_id, worker_id, retry_of, run_at, created_at, started_at, timeout_ms, running_limit, priority, retries,
    attempt, exclusive, idempotent, outcome, queue, name, concurrency_key, source, traceparent, tracestate, created_by, payload)
  select e.id, e.claim_id, e.worker_id, e.retry_of, e.run_at, e.created_at, e.started_at, e.timeout_ms, e.running_limit, e.priority, e.retries,
    e.attempt, e.exclusive, e.idempotent, 'successful', e.queue, e.name, e.concurrency_key, e.source, e.traceparent, e.tracestate, e.created_by, e.payload
  from ended e`;

/** What share of it Mayfly's processing reaches. */
export const floor: Scenario = {
  name: "floor",
  ratioOf: "Mayfly by the floor",
  cases: (scale) => [
    { name: "processing, 20 B", subjects: ["mayfly", "floor"], options: { jobs: scaled(50_000, scale, PER_CALL * CLIENTS) } },
  ],
  async measure(url, subject, { jobs }) {
    if (subject === "floor") return await moveRows(url, Number(jobs));
    const mayfly = contenderOf(subject);
    return { "jobs/s": perSecond(Number(jobs), await processJobs(mayfly, url, mayfly.fastest, Number(jobs), 20)) };
  },
  ratio: (round, subject) => (subject === "mayfly" ? firstFigure(round.mayfly) / firstFigure(round.floor) : undefined),
};

async function moveRows(url: string, jobs: number): Promise<Figures> {
  const pool = new pgClient.Pool({ connectionString: url, max: CLIENTS });
  pool.on("error", () => {});
  const newId = createIdSource(systemClock);
  const payload = payloadsOf(20);
  let [insertMs, processMs] = [0, 0];
  // The first time warms everything up.
  for (const count of [Math.min(2_000, jobs), jobs]) {
    const batches = Array.from({ length: count / PER_CALL }, () => Array.from({ length: PER_CALL }, newId));
    insertMs = await timed(async () => {
      for (const ids of batches) {
        await pool.query({ name: "insert", text: INSERT, values: [ids, ids.map(() => JSON.stringify(payload()))] });
      }
    });
    await pool.query("vacuum analyze");
    await pool.query("checkpoint");
    processMs = await timed(async () => {
      const move = async () => {
        for (let ids = batches.shift(); ids; ids = batches.shift()) {
          await pool.query({ name: "start", text: START, values: [ids, newId(), newId()] });
          await pool.query({ name: "settle", text: SETTLE, values: [ids] });
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, move));
    });
  }
  await pool.end();
  return { "jobs/s": perSecond(jobs, processMs), "inserted/s": perSecond(jobs, insertMs) };
}

async function timed(run: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}
