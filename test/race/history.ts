/**
 * All that ever happened to the rows of jobs and results, written down by triggers in the order in which it did.
 * @module
 */
import type { TestDatabase } from "../support/database.ts";

/** A change of a job's row, or (`R`) its result. */
export interface Event {
  readonly kind: "I" | "U" | "D" | "R";
  readonly tx: string;
  readonly id: string;
  readonly name: string;
  /** The row before. */
  readonly was: "scheduled" | "ready" | "running" | null;
  readonly was_hook: string | null;
  /** The row afterwards; of one that is deleted, as it was. */
  readonly state: "scheduled" | "ready" | "running" | null;
  readonly hook: string | null;
  readonly ended: boolean;
  readonly holds: string | null;
  readonly to_cancel: boolean;
  readonly expired: boolean;
  /** Of a change: the claim before it, or else after it. */
  readonly claim_id: string | null;
  readonly attempt: number;
  readonly retries: number;
  readonly idempotent: boolean;
  readonly outcome: string | null;
  readonly last: boolean | null;
}

const SET_UP = `
create schema race;
create table race.event (
  seq bigint generated always as identity, at timestamptz not null default clock_timestamp(), tx xid8 not null default pg_current_xact_id(), kind text not null, id uuid not null, name text not null, queue text,
  was text, was_hook text, state text, hook text, ended boolean, holds text, capped text, "limit" integer, to_cancel boolean, expired boolean,
  started_at timestamptz, claim_id uuid, attempt integer, retries integer, idempotent boolean, outcome text, last boolean, retry_of uuid
);
create function race.note_job() returns trigger language plpgsql as $$
declare
  j mayfly.job := case when tg_op = 'DELETE' then old else new end;
  o mayfly.job := case when tg_op <> 'INSERT' then old end;
  c mayfly.job := case when tg_op = 'INSERT' then new else old end;
begin
  insert into race.event (kind, id, name, queue, was, was_hook, state, hook, ended, holds, capped, "limit", to_cancel, expired, started_at, claim_id, attempt,
    retries, idempotent, retry_of)
  values (left(tg_op, 1), j.id, j.name, j.queue, o.state, o.hook, j.state, j.hook, j.ended, case when j.exclusive then j.concurrency_key end,
    case when c.running_limit is not null then c.name || '/' || c.concurrency_key end, c.running_limit, j.cancel_requested_at is not null,
    coalesce(j.started_at >= j.expires_at, false), j.started_at, coalesce(o.claim_id, j.claim_id), j.attempt, j.retries, j.idempotent, j.retry_of);
  return null;
end $$;
create function race.note_result() returns trigger language plpgsql as $$
begin
  insert into race.event (kind, id, name, ended, to_cancel, expired, started_at, claim_id, attempt, retries, idempotent, outcome, last)
  values ('R', new.id, new.name, false, false, false, new.started_at, new.claim_id, new.attempt, new.retries, new.idempotent, new.outcome, new.retry_at is null);
  return null;
end $$;
create trigger note after insert or update or delete on mayfly.job for each row execute function race.note_job();
create trigger note after insert on mayfly.result for each row execute function race.note_result()`;

export async function writeHistory({ sql }: TestDatabase): Promise<void> {
  await sql(SET_UP);
}

/** The life of each job, one after the other. */
export async function* lives({ sql }: TestDatabase): AsyncGenerator<Event[]> {
  for (let slice = 0; slice < 16; slice++) {
    const events = await sql<Event>(
      `select kind, tx::text, id, name, was, was_hook, state, hook, ended, holds, to_cancel, expired, claim_id, attempt, retries, idempotent, outcome, last
       from race.event where right(id::text, 1) = to_hex($1::integer) order by id, seq`,
      [slice],
    );
    for (let from = 0; from < events.length; ) {
      let to = from + 1;
      while (events[to]?.id === events[from]?.id) to++;
      yield events.slice(from, to);
      from = to;
    }
  }
}

/** What the order of events tells across jobs, as counts of what must not be. */
export async function countAcross({ sql }: TestDatabase, pauses: readonly { from: string; to: string }[]): Promise<Record<string, number>> {
  const [row] = await sql<Record<string, number>>(
    `select
       (select count(*)::int from (
         select "limit", sum(case when was = 'running' then -1 else 1 end) over (partition by capped order by seq) as running
         from race.event where capped is not null and (was = 'running') <> (kind = 'U' and state = 'running')
       ) x where running > "limit") as "starts beyond a running limit",
       (select count(*)::int from race.event e join unnest($1::timestamptz[], $2::timestamptz[]) as p("from", "to")
         on e.started_at >= p."from" and e.at <= p."to"
         where e.kind = 'U' and e.was <> 'running' and e.state = 'running' and e.queue = 'b') as "starts out of a paused queue",
       (select count(*)::int from (
         select from race.event where kind = 'I' and retry_of is not null group by retry_of having count(*) > 1
       ) x) as "jobs with two successors"`,
    [pauses.map(({ from }) => from), pauses.map(({ to }) => to)],
  );
  return row ?? {};
}
