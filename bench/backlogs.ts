/**
 * What may lie in the queue's table while a worker claims from it.
 * @module
 */

export interface Backlog {
  readonly rows: number;
  /** With the number of rows for $1. */
  readonly fill: string;
  /** What the worker serves. Default: `default`. */
  readonly queues?: (rows: number) => readonly string[];
}

const READY = `insert into mayfly.job (id, name, state, queue, run_at, ready_at)
  select mayfly.uuid7(), 'work', 'ready', Q, now() - interval '1 hour', now() - interval '1 hour' + n * interval '1 microsecond' from generate_series(1, $1::int) as n`;

const ready = (queue: string) => READY.replace("Q", queue);

/** By name; the first one is what the others are compared with. Each has another 1,000 ready jobs, so that there is something to claim. */
export const BACKLOGS: Readonly<Record<string, Backlog>> = {
  "1 k ready": { rows: 0, fill: "select $1::int" },
  "1 M ready": { rows: 1_000_000, fill: ready("'default'") },
  "1 M future": {
    rows: 1_000_000,
    fill: `insert into mayfly.job (id, name, state, run_at)
      select mayfly.uuid7(), 'work', 'scheduled', now() + interval '1 day' + n * interval '1 ms' from generate_series(1, $1::int) as n`,
  },
  "100 k in a paused queue": {
    rows: 100_000,
    fill: `with paused as (insert into mayfly.queue (name, paused_at) values ('paused', now())) ${ready("'paused'")}`,
    queues: () => ["default", "paused"],
  },
  "10 k queues, one served": { rows: 100_000, fill: ready("'queue-' || n % 10000") },
  "10 k queues, 100 served": {
    rows: 100_000,
    fill: ready("'queue-' || n % 10000"),
    queues: () => ["default", ...Array.from({ length: 99 }, (_, n) => `queue-${n}`)],
  },
  "10 k keys held": {
    rows: 10_000,
    fill: `with holders as (
        insert into mayfly.job (id, name, state, run_at, ready_at, concurrency_key, running_limit, claim_id, worker_id, started_at)
        select mayfly.uuid7(), 'work', 'running', now(), now(), 'key-' || n, 1, gen_random_uuid(), gen_random_uuid(), now() from generate_series(1, $1::int) as n
      )
      insert into mayfly.job (id, name, state, held, run_at, ready_at, concurrency_key, running_limit)
      select mayfly.uuid7(), 'work', 'scheduled', true, now(), now() - interval '1 hour', 'key-' || n, 1 from generate_series(1, $1::int) as n`,
  },
};
