-- mayfly.turn_v1: one round trip of a worker. Renew the heartbeat, settle what finished, promote what is due, claim what fits.
-- May be repeated: a repeat waits on the claim's row for its original, then answers what that one did.
--
-- worker       this worker
-- claim        made by the caller, a new one for every turn that claims: the fence of all it takes
-- slots        claim at most this many; 0: heartbeat and settle only
-- queues       the queues served
-- names        the jobs that can be run here; others met at the head are parked, unless options say not to
-- done         attempts that succeeded and said nothing: their jobs ...
-- done_claims  ... and the claim each was taken under
-- settled      all other attempts: [{id, claim_id, outcome, again_ms, charge, error, output, hook}]. again_ms: the job runs again so long
--              from now (null: it is over); charge false: the attempt does not count; hook: it has one, to be run before anything else.
--              outcome, besides those of a result: released, given back as if never taken; hooked, its hook is done (again_ms: to be tried again)
-- marks        as an earlier turn of this worker answered them: where to start looking, past dead index entries. They may hide a job that came
--              late, so they are good for a few seconds only. null: look at all
-- options      {runtime, host, deadline_at, heartbeat_ms = 5000, fits_ms, park = true, leave = false, hooked, holding, listen, cost}. fits_ms: a job with a longer
--              time-out of its own cannot be run here; park: set aside what cannot be run here; leave: sign off if nothing is left to do;
--              hooked: the names whose handlers have a hook; holding: [[id, claim_id]] of what runs, to be told what is gone; listen: it hears
--              notifications, and is sent one for a new job while it claims fewer than it has slots for; cost: see mayfly.note_cost
--
-- returns a row with all but a job, and then a row with nothing else for each job: one value of all the payloads would be copied whole at every step of its way.
--   job        what was claimed: see mayfly.claimed_job
--   replayed   the claim had been made before; the jobs are those still held under it
--   verdicts   [[id, claim_id, already | stale]] for results that were not written: written just so before, or no longer this claim's
--   cancels    jobs of this worker that an operator wants stopped
--   gone       those of holding that are no longer this worker's
--   marks      {due, ready}: for the next turn. ready: a mayfly.turn_v1_ranges
--   parked     how many jobs were set aside: parked, held at their running limit, or expired
--   busy       there was a job that only other workers' locks kept from being claimed
--   next_due   when the next scheduled job is due
--
-- locks    worker, claim, own running rows, running limits of what was settled by number; then rows of others only with skip locked and
--          running limits only where they are free
-- indexes  queue_pkey, worker_pkey, job_pkey, job_scheduled, job_ready, job_running, job_cancel, job_capped, job_held, result_id
create function mayfly.turn_v1(
  worker uuid, claim uuid, slots integer, queues text[], names text[],
  done uuid[], done_claims uuid[], settled json, marks_before json, options json
)
returns table (
  job json, replayed boolean, verdicts json, cancels uuid[], gone uuid[], marks json, parked integer, busy boolean, next_due timestamptz
)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set jit = off
as $$
declare
  fresh boolean := false;
  applied uuid[];
  settle record;
  capped jsonb;
  room record;
  unpaused text[];
  taken_priorities smallint[];
  taken_since timestamptz[];
  everything mayfly.turn_v1_ranges := row('{-32768}', '{32767}', '{-infinity}');
  ranges mayfly.turn_v1_ranges := json_populate_record(everything, (marks_before ->> 'ready')::json);
  due_mark timestamptz := coalesce((marks_before ->> 'due')::timestamptz, '-infinity');
  due record;
  head tid[];
  rest record;
  brought tid[] := '{}';
  remaining tid[] := '{}';
  down_to integer := 32768;
  entered integer;
  listened boolean;
  heartbeat interval := coalesce((options ->> 'heartbeat_ms')::integer, 5000) * interval '1 millisecond';
  claimed integer := 0;
  fits_ms bigint := options ->> 'fits_ms';
  parks boolean := (options ->> 'park')::boolean is not false;
  names_hooked text[] := array(select json_array_elements_text(options -> 'hooked'));
begin
  parked := 0;
  busy := false;

  -- Heartbeat, not at every turn: a row written each time would grow a version chain under any old snapshot.
  select w.listening into listened from mayfly.worker w where w.id = turn_v1.worker and w.left_at is null and w.heartbeat_at > now() - heartbeat;
  if not found then
    insert into mayfly.worker as w (id, queues, runtime, host, deadline_at)
    values (turn_v1.worker, turn_v1.queues, options ->> 'runtime', options ->> 'host', (options ->> 'deadline_at')::timestamptz)
    on conflict on constraint worker_pkey do update
    set heartbeat_at = now(), left_at = null, queues = excluded.queues, deadline_at = excluded.deadline_at
    returning w.listening into listened;
  end if;

  -- The fence: a claim is good once. A repeat waits here for its original.
  if slots > 0 then
    insert into mayfly.claim (id, worker_id) values (turn_v1.claim, turn_v1.worker) on conflict do nothing;
    fresh := found;
  end if;
  replayed := slots > 0 and not fresh;

  -- Settle.
  if cardinality(done) > 0 then
    with ended as (
      delete from mayfly.job j using unnest(done, done_claims) as d(id, claim_id)
      where j.id = any (array[d.id]) and j.claim_id = d.claim_id
      returning j.id, j.claim_id, j.worker_id, j.retry_of, j.run_at, j.created_at, j.started_at, j.timeout_ms, j.running_limit, j.priority, j.retries,
        j.attempt, j.exclusive, j.idempotent, j.queue, j.name, j.concurrency_key, j.source, j.traceparent, j.tracestate, j.created_by, j.payload
    ), written as (
      insert into mayfly.result (id, claim_id, worker_id, retry_of, run_at, created_at, started_at, timeout_ms, running_limit, priority, retries,
        attempt, exclusive, idempotent, outcome, queue, name, concurrency_key, source, traceparent, tracestate, created_by, payload)
      select e.id, e.claim_id, e.worker_id, e.retry_of, e.run_at, e.created_at, e.started_at, e.timeout_ms, e.running_limit, e.priority, e.retries,
        e.attempt, e.exclusive, e.idempotent, 'successful', e.queue, e.name, e.concurrency_key, e.source, e.traceparent, e.tracestate, e.created_by, e.payload
      from ended e
      -- Without the payload, which each look at these rows would copy.
      returning id, name, concurrency_key, running_limit, queue, attempt, run_at, started_at
    ), tallied as (
      insert into mayfly.tally (queue, outcome, waited, ran, attempts, retries)
      select w.queue, 'successful', mayfly.duration_step(w.run_at, w.started_at) as waited, mayfly.duration_step(w.started_at, now()) as ran, count(*),
        count(*) filter (where w.attempt > 1)
      from written w group by w.queue, waited, ran
    )
    select array_agg(w.id), jsonb_agg(jsonb_build_array(w.name, w.concurrency_key)) filter (where w.running_limit is not null)
    into applied, capped from written w;
  end if;
  if settled is not null then
    select s.applied, s.capped into settle from mayfly.turn_v1_settle(settled) s;
    applied := coalesce(applied, '{}') || coalesce(settle.applied, '{}');
    capped := coalesce(capped, '[]') || coalesce(settle.capped, '[]');
  end if;
  if coalesce(cardinality(applied), 0) < coalesce(cardinality(done), 0) + coalesce(json_array_length(settled), 0) then
    select json_agg(json_build_array(s.id, s.claim_id, case when exists (
      -- No client repeats a call after more than an hour.
      select from unnest(array[mayfly.result_slot(now()), mayfly.result_slot(now() - interval '24 hours')]) as d(slot)
      cross join lateral (select from mayfly.result r where r.slot = d.slot and r.id = s.id and r.claim_id = s.claim_id and r.outcome = s.outcome limit 1) as hit
    ) then 'already' else 'stale' end))
    into verdicts
    from (
      select d.id, d.claim_id, 'successful' as outcome from unnest(done, done_claims) as d(id, claim_id)
      union all
      select d.id, d.claim_id, d.outcome from json_to_recordset(settled) as d(id uuid, claim_id uuid, outcome text)
    ) as s
    where s.id <> all (coalesce(applied, '{}')) and s.outcome not in ('released', 'hooked');
  end if;
  if capped is not null then
    for room in
      select g.pair ->> 0 as name, g.pair ->> 1 as key, count(*)::integer as freed
      from jsonb_array_elements(capped) as g(pair)
      group by 1, 2 order by hashtextextended((g.pair ->> 0) || chr(31) || (g.pair ->> 1), 7382)
    loop
      brought := brought || mayfly.let_in(room.name, room.key, room.freed);
    end loop;
  end if;

  if fresh then
    unpaused := array(select q.name from unnest(queues) as q(name) where not exists (select from mayfly.queue p where p.name = q.name and p.paused_at is not null));
  end if;
  loop
    -- Promote what is due, so that it can be claimed at once.
    -- Not min(): where it thinks that there are few, Postgres reads them all for it.
    next_due := (select j.run_at from mayfly.job j where j.state = 'scheduled' and not j.held and j.run_at >= due_mark order by j.run_at limit 1);
    if next_due <= now() then
      select p.promoted, p.aside, p.next_due into due from mayfly.turn_v1_promote(due_mark, names, fits_ms, parks) p;
      next_due := due.next_due;
      brought := brought || due.promoted;
      parked := parked + due.aside;
    end if;
    exit when not fresh;

    -- Claim. Again, behind what had to be set aside.
    for round in 1..4 loop
      head := mayfly.turn_v1_head(unpaused, ranges, slots - claimed);
      down_to := case when cardinality(head) < slots - claimed then -32769 else 32768 end;
      if cardinality(brought) > 0 then
        -- What this turn has made ready may lie outside of the ranges.
        head := array(
          select j.ctid from mayfly.job j where j.ctid = any (head || brought) and j.queue = any (unpaused)
          order by j.priority desc, j.ready_at, j.id limit slots - claimed
        );
      end if;
      exit when head = '{}';
      with taken as (
        update mayfly.job j
        set state = 'running', worker_id = turn_v1.worker, claim_id = turn_v1.claim, started_at = now(), parked = 0, hooked = j.name = any (names_hooked),
          attempt = case when j.hook is null then j.attempt + 1 else j.attempt end, hook_tries = case when j.hook is null then 0 else j.hook_tries + 1 end
        where j.ctid = any (head) and j.name = any (names) and (j.timeout_ms <= fits_ms) is not false
          and j.running_limit is null and (j.expires_at <= now() and j.hook is null) is not true
        returning j.priority, j.ready_at
      ), marked as (
        select array_agg(m.priority) as priorities, array_agg(m.ready_at) as since, min(m.priority) as lowest
        from (select t.priority, min(t.ready_at) as ready_at from taken t group by t.priority) as m
      )
      select count(*), coalesce(taken_priorities, (select m.priorities from marked m)), coalesce(taken_since, (select m.since from marked m)),
        least(down_to, (select m.lowest from marked m))
      into entered, taken_priorities, taken_since, down_to from taken t;
      claimed := claimed + entered;
      exit when entered = cardinality(head);

      remaining := remaining || head;
      select a.claimed, a.aside, a.busy into rest
      from mayfly.turn_v1_aside(head, worker, claim, unpaused, ranges, names, fits_ms, parks, names_hooked) a;
      claimed := claimed + rest.claimed;
      parked := parked + rest.aside;
      busy := busy or rest.busy;
      exit when claimed >= slots or rest.aside = 0;
    end loop;

    -- A worker that is about to leave has to know that there is nothing, also before the marks.
    exit when marks_before is null or claimed + parked > 0 or busy or (options ->> 'leave')::boolean is not true;
    marks_before := null;
    ranges := everything;
    due_mark := '-infinity';
  end loop;

  if replayed then
    select count(*) into claimed from mayfly.job j where j.state = 'running' and j.worker_id = turn_v1.worker and j.claim_id = turn_v1.claim;
  end if;

  -- Held up for so long that a rescue may have removed this worker: what it claims must have one to be rescued from.
  if claimed > 0 and clock_timestamp() > now() + heartbeat then
    insert into mayfly.worker (id, queues, runtime, host, deadline_at)
    values (turn_v1.worker, turn_v1.queues, options ->> 'runtime', options ->> 'host', (options ->> 'deadline_at')::timestamptz)
    on conflict on constraint worker_pkey do nothing;
  end if;

  marks := json_build_object('due', least(next_due, now()), 'ready', mayfly.turn_v1_marks(
    ranges, coalesce(taken_priorities, '{}'), coalesce(taken_since, '{}'), down_to, remaining || brought, coalesce(unpaused, queues)
  ));
  cancels := (select array_agg(j.id) from mayfly.job j where j.worker_id = turn_v1.worker and j.cancel_requested_at is not null);
  if options ->> 'holding' is not null then
    gone := array(
      select (h.pair ->> 0)::uuid from json_array_elements(options -> 'holding') as h(pair)
      where not exists (select from mayfly.job j where j.id = any (array[(h.pair ->> 0)::uuid]) and j.claim_id = (h.pair ->> 1)::uuid)
    );
  end if;
  -- Nothing is waited for with locks in hand: a rescue or a repeat that has this row will see to it.
  if listened <> (claimed < slots and (options ->> 'listen')::boolean) then
    update mayfly.worker w set listening = not listened
    where w.id = (select o.id from mayfly.worker o where o.id = turn_v1.worker for update skip locked);
  end if;
  if options ->> 'cost' is not null then
    perform mayfly.note_cost(options -> 'cost');
  end if;
  if claimed = 0 and (options ->> 'leave')::boolean then
    update mayfly.worker w set left_at = now(), listening = false
    where w.id = (select l.id from mayfly.worker l where l.id = turn_v1.worker for update skip locked)
      and (select true from mayfly.job j where j.state = 'running' and j.worker_id = w.id limit 1) is null;
  end if;
  return next;

  -- A repeat is told of what is still held, as the original was.
  if claimed > 0 then
    return query
    select mayfly.claimed_job(j), null::boolean, null::json, null::uuid[], null::uuid[], null::json, null::integer, null::boolean, null::timestamptz
    from mayfly.job j where j.state = 'running' and j.worker_id = turn_v1.worker and j.claim_id = turn_v1.claim;
  end if;
end
$$;
