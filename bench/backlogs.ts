/**
 * What may lie in the queue's tables while a worker claims from them.
 * @module
 */

export interface Backlog {
  readonly rows: number;
  /** With the number of rows for $1. */
  readonly fill: string;
  /** What the worker serves. Default: `default`. */
  readonly queues?: readonly string[];
}

/** Ids for as many jobs as $1 says, their rows of `mayfly.job`, and whatever becomes of them. */
function jobs(queue: string, key: string, rest: string): string {
  return `with asked as materialized (
      select mayfly.uuid7() as id, n, ${queue} as queue, ${key} as key from generate_series(1, $1::integer) as n
    ), written as (
      insert into mayfly.job (id, partition, name, queue, key)
      select a.id, mayfly.partition_of(a.id), 'work', a.queue, a.key from asked a
    )${rest}`;
}

const ready = (queue: string, readyAt: string) =>
  jobs(
    queue,
    "null::text",
    `
    insert into mayfly.ready (id, partition, queue, name, priority, retries, ready_at)
    select a.id, mayfly.partition_of(a.id), a.queue, 'work', 0, 0, ${readyAt} + a.n * interval '1 microsecond' from asked a`,
  );

const waiting = (queue: string) => ready(queue, "now() - interval '1 hour'");

/** Ready jobs that came later than any backlog, and are claimed at last. */
export const LATER = ready("'default'", "clock_timestamp()");

const FUTURE = jobs(
  "'default'",
  "null::text",
  `
    insert into mayfly.scheduled (id, partition, queue, name, priority, retries, run_at)
    select a.id, mayfly.partition_of(a.id), a.queue, 'work', 0, 0, now() + interval '1 day' + a.n * interval '1 millisecond' from asked a`,
);

/** A job of each key runs, and the next one waits until it has ended. */
const KEYS_HELD = jobs(
  "'default'",
  "'key-' || (n + 1) / 2",
  `, held as (
      insert into mayfly.held_key (name, key, id, exclusive) select 'work', a.key, a.id, false from asked a
    ), started as (
      insert into mayfly.running
        (id, partition, queue, name, priority, retries, attempt, running_limit, held_key, claim_id, worker_id, ready_at)
      select a.id, mayfly.partition_of(a.id), a.queue, 'work', 0, 0, 1, 1, a.key, gen_random_uuid(), gen_random_uuid(), now()
      from asked a where a.n % 2 = 1
    )
    insert into mayfly.scheduled (id, partition, queue, name, priority, retries, running_limit, held_key, ready_at, reason)
    select a.id, mayfly.partition_of(a.id), a.queue, 'work', 0, 0, 1, a.key, now() - interval '1 hour', 'throttled'
    from asked a where a.n % 2 = 0`,
);

const TEN_THOUSAND_QUEUES = waiting("'queue-' || n % 10000");

/** By name; the first one is what the others are compared with. Each has another 1,000 ready jobs, so that there is something to claim. */
export const BACKLOGS: Readonly<Record<string, Backlog>> = {
  "1 k ready": { rows: 0, fill: waiting("'default'") },
  "1 M ready": { rows: 1_000_000, fill: waiting("'default'") },
  "1 M future": { rows: 1_000_000, fill: FUTURE },
  "100 k in a paused queue": {
    rows: 100_000,
    fill: waiting("'paused'").replace("with ", "with paused as (insert into mayfly.queue (name, paused_at) values ('paused', now())), "),
    queues: ["default", "paused"],
  },
  "10 k queues, one served": { rows: 100_000, fill: TEN_THOUSAND_QUEUES },
  "10 k queues, 100 served": {
    rows: 100_000,
    fill: TEN_THOUSAND_QUEUES,
    queues: ["default", ...Array.from({ length: 99 }, (_, n) => `queue-${n}`)],
  },
  "10 k keys held": { rows: 20_000, fill: KEYS_HELD },
};
