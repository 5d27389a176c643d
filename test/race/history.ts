/**
 * All that ever happened to the rows of live jobs and results, written down by triggers in the order in which it did.
 * @module
 */
import type { TestDatabase } from "../support/database.ts";

export type Place = "ready" | "scheduled" | "running";

/** A live row that came (`I`), changed where it was (`U`) or went (`D`); or (`R`) a result. */
export interface Event {
  readonly kind: "I" | "U" | "D" | "R";
  readonly tx: string;
  readonly place: Place | "result";
  readonly id: string;
  readonly name: string;
  readonly hook: string | null;
  readonly ended: boolean;
  readonly holds: string | null;
  /** A cancel had been requested, and committed. */
  readonly to_cancel: boolean;
  readonly expired: boolean;
  /** Null for a job that waited. */
  readonly claim_id: string | null;
  readonly attempt: number;
  readonly retries: number;
  /** Of a result; null: its job has no row. */
  readonly idempotent: boolean | null;
  readonly outcome: string | null;
  readonly last: boolean | null;
  readonly purged: boolean;
}

/** A purge says so in its transaction: it may end what only waited for a hook. */
export const PURGE = "set local race.purge = 'on'";

const SET_UP = `
create schema race;
create table race.event (
  seq bigint generated always as identity, at timestamptz not null default clock_timestamp(), tx xid8 not null default pg_current_xact_id(),
  kind text not null, place text not null, id uuid not null, name text not null, queue text not null, hook text, ended boolean not null, holds text,
  capped text, "limit" integer, to_cancel boolean not null, expired boolean not null, started_at timestamptz, claim_id uuid,
  attempt integer not null, retries integer, idempotent boolean, outcome text, last boolean, purged boolean not null
);
create function race.note_live() returns trigger language plpgsql as $$
declare
  j jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
begin
  insert into race.event (kind, place, id, name, queue, hook, ended, holds, capped, "limit", to_cancel, expired, started_at, claim_id, attempt, retries, purged)
  values (left(tg_op, 1), tg_table_name, (j ->> 'id')::uuid, j ->> 'name', j ->> 'queue', j ->> 'hook', coalesce((j ->> 'ended')::boolean, false),
    j ->> 'held_key', case when j ->> 'running_limit' is not null then (j ->> 'name') || '/' || (j ->> 'held_key') end, (j ->> 'running_limit')::integer,
    exists (select from mayfly.cancel c where c.id = (j ->> 'id')::uuid),
    coalesce((j ->> 'started_at')::timestamptz >= (j ->> 'expires_at')::timestamptz, false), (j ->> 'started_at')::timestamptz, (j ->> 'claim_id')::uuid,
    (j ->> 'attempt')::integer, (j ->> 'retries')::integer, coalesce(current_setting('race.purge', true), '') = 'on');
  return null;
end $$;
create function race.note_result() returns trigger language plpgsql as $$
declare
  j record;
begin
  select o.idempotent, o.retries into j from mayfly.job o where o.partition = new.partition and o.id = new.id;
  insert into race.event (kind, place, id, name, queue, ended, to_cancel, expired, started_at, claim_id, attempt, retries, idempotent, outcome, last, purged)
  values ('R', 'result', new.id, new.name, new.queue, false, exists (select from mayfly.cancel c where c.id = new.id), false, new.started_at,
    nullif(new.claim_id, '00000000-0000-0000-0000-000000000000'), new.attempt, j.retries, j.idempotent, new.outcome, new.retry_at is null,
    coalesce(new.error ->> 'name' = 'PurgedError', false));
  return null;
end $$;
create trigger note after insert or update or delete on mayfly.ready for each row execute function race.note_live();
create trigger note after insert or update or delete on mayfly.scheduled for each row execute function race.note_live();
create trigger note after insert or update or delete on mayfly.running for each row execute function race.note_live();
create trigger note after insert on mayfly.result for each row execute function race.note_result()`;

export async function writeHistory({ sql }: TestDatabase): Promise<void> {
  await sql(SET_UP);
}

/** The life of each job, one after the other. */
export async function* lives({ sql }: TestDatabase): AsyncGenerator<Event[]> {
  for (let slice = 0; slice < 16; slice++) {
    const events = await sql<Event>(
      `select kind, place, tx::text, id, name, hook, ended, holds, to_cancel, expired, claim_id, attempt, retries, idempotent, outcome, last, purged
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

/** The life of one job as lines, for whoever has to find out what went wrong. */
export async function lifeOf({ sql }: TestDatabase, id: string): Promise<string[]> {
  const rows = await sql<{ line: string }>(
    `select e.at::time || ' ' || e.tx::text || ' ' || e.kind || ' ' || e.place || coalesce(' ' || e.outcome, '') || ' ' || e.attempt
       || coalesce(' hook ' || e.hook, '') || case when e.ended then ' ended' else '' end || case when e.last then ' last' else '' end
       || case when e.to_cancel then ' to cancel' else '' end || case when e.purged then ' purged' else '' end || coalesce(' ' || e.claim_id::text, '') as line
     from race.event e where e.id = $1 order by e.seq`,
    [id],
  );
  return rows.map(({ line }) => line);
}

/** What the order of events tells across jobs, as counts of what must not be. */
export async function countAcross({ sql }: TestDatabase, pauses: readonly { from: string; to: string }[]): Promise<Record<string, number>> {
  const [row] = await sql<Record<string, number>>(
    `select
       (select count(*)::int from (
         select "limit", sum(case kind when 'I' then 1 else -1 end) over (partition by capped order by seq) as running
         from race.event where capped is not null and place = 'running' and kind in ('I', 'D')
       ) x where running > "limit") as "starts beyond a running limit",
       (select count(*)::int from race.event e join unnest($1::timestamptz[], $2::timestamptz[]) as p("from", "to")
         on e.started_at >= p."from" and e.at <= p."to"
         where e.kind = 'I' and e.place = 'running' and e.queue = 'b') as "starts out of a paused queue",
       (select count(*)::int from (
         select from mayfly.job where retry_of is not null group by retry_of having count(*) > 1
       ) x) as "jobs with two successors",
       (select count(*)::int from (
         select from race.event where kind = 'R' group by id, coalesce(claim_id, '00000000-0000-0000-0000-000000000000') having count(*) > 1
       ) x) as "attempts with two results",
       (select count(*)::int from (select from race.event where kind = 'R' and last group by id having count(*) > 1) x) as "jobs with two last results",
       (select count(*)::int from race.event where kind = 'R' and idempotent is null) as "results of a job that has no row"`,
    [pauses.map(({ from }) => from), pauses.map(({ to }) => to)],
  );
  return row ?? {};
}
