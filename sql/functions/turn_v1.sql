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
-- settled      all other attempts: [{id, claim_id, outcome, again_ms, charge, error, output}]. again_ms: the job runs again so long
--              from now (null: it is over); charge false: the attempt does not count; outcome released: given back as if never taken
-- mark         do not look at ready jobs older than this; a hint past dead index entries. -infinity: look at all
-- options      {runtime, host, deadline_at, heartbeat_ms = 5000, fits_ms, park = true, leave = false}. fits_ms: a job with a longer time-out
--              of its own cannot be run here; park: set aside what cannot be run here; leave: sign off if nothing is left to do
--
-- returns one row:
--   jobs       [[id, name, queue, priority, run_at, retries, attempt, key, timeout_ms, traceparent, tracestate, cancel requested, payload]]
--   replayed   the claim had been made before; jobs are those still held under it
--   verdicts   [[id, claim_id, already | stale]] for what could not be settled: settled just so before, or no longer this claim's
--   cancels    jobs of this worker that an operator wants stopped
--   oldest     ready_at of the oldest job claimed: the next mark
--   parked     how many jobs were set aside
--   next_due   when the next scheduled job is due
--
-- locks    worker, claim, then own running rows; rows of others only with skip locked
-- indexes  queue_pkey, worker_pkey, job_pkey, job_scheduled, job_ready, job_running, job_cancel, result_id
create function mayfly.turn_v1(
  worker uuid, claim uuid, slots integer, queues text[], names text[],
  done uuid[], done_claims uuid[], settled json, mark timestamptz, options json
)
returns table (jobs json, replayed boolean, verdicts json, cancels uuid[], oldest timestamptz, parked integer, next_due timestamptz)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set jit = off
as $$
declare
  fresh boolean := false;
  applied uuid[];
  applied_more uuid[];
  unpaused text[];
  share_queues text[];
  share_slots integer[];
  rows_taken tid[];
  rows_more tid[];
  claimed integer := 0;
  fits_ms bigint := options ->> 'fits_ms';
begin
  parked := 0;

  -- Heartbeat, not at every turn: a row written each time would grow a version chain under any old snapshot.
  if not exists (
    select from mayfly.worker w
    where w.id = turn_v1.worker and w.left_at is null
      and w.heartbeat_at > now() - coalesce((options ->> 'heartbeat_ms')::integer, 5000) * interval '1 millisecond'
  ) then
    insert into mayfly.worker as w (id, queues, runtime, host, deadline_at)
    values (turn_v1.worker, turn_v1.queues, options ->> 'runtime', options ->> 'host', (options ->> 'deadline_at')::timestamptz)
    on conflict on constraint worker_pkey do update
    set heartbeat_at = now(), left_at = null, queues = excluded.queues, deadline_at = excluded.deadline_at;
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
      where j.id = d.id and j.claim_id = d.claim_id and j.state = 'running'
      returning j.id, j.claim_id, j.worker_id, j.run_at, j.created_at, j.started_at, j.timeout_ms, j.priority, j.retries, j.attempt, j.exclusive,
        j.queue, j.name, j.concurrency_key, j.source, j.traceparent, j.tracestate, j.created_by, j.payload
    ), written as (
      insert into mayfly.result (id, claim_id, worker_id, run_at, created_at, started_at, timeout_ms, priority, retries, attempt, exclusive,
        outcome, queue, name, concurrency_key, source, traceparent, tracestate, created_by, payload)
      select e.id, e.claim_id, e.worker_id, e.run_at, e.created_at, e.started_at, e.timeout_ms, e.priority, e.retries, e.attempt, e.exclusive,
        'successful', e.queue, e.name, e.concurrency_key, e.source, e.traceparent, e.tracestate, e.created_by, e.payload
      from ended e
    )
    select array_agg(e.id) into applied from ended e;
  end if;
  if settled is not null then
    -- The row as it was goes into the result, before it changes; locked, so that both see the same jobs.
    insert into mayfly.result (id, claim_id, worker_id, run_at, created_at, started_at, retry_at, timeout_ms, priority, retries, attempt, exclusive,
      outcome, queue, name, concurrency_key, source, traceparent, tracestate, created_by, payload, error, output)
    select j.id, j.claim_id, j.worker_id, j.run_at, j.created_at, j.started_at, now() + s.again_ms * interval '1 millisecond', j.timeout_ms, j.priority, j.retries, j.attempt, j.exclusive,
      s.outcome, j.queue, j.name, j.concurrency_key, j.source, j.traceparent, j.tracestate, j.created_by, j.payload, s.error, s.output
    from json_to_recordset(settled) as s(id uuid, claim_id uuid, outcome text, again_ms bigint, error jsonb, output jsonb)
    join mayfly.job j on j.id = s.id and j.claim_id = s.claim_id and j.state = 'running'
    where s.outcome <> 'released'
    for update of j;
    with over as (
      delete from mayfly.job j using json_to_recordset(settled) as s(id uuid, claim_id uuid, outcome text, again_ms bigint)
      where j.id = s.id and j.claim_id = s.claim_id and j.state = 'running' and s.again_ms is null and s.outcome <> 'released'
      returning j.id
    ), again as (
      update mayfly.job j
      set state = case when s.again_ms > 0 and s.outcome <> 'released' then 'scheduled' else 'ready' end,
        run_at = case when s.outcome = 'released' then j.run_at else now() + s.again_ms * interval '1 millisecond' end,
        ready_at = case when s.outcome = 'released' then j.ready_at when s.again_ms > 0 then null else now() end,
        attempt = case when s.outcome = 'released' or s.charge is false then j.attempt - 1 else j.attempt end,
        claim_id = null, worker_id = null, started_at = null
      from json_to_recordset(settled) as s(id uuid, claim_id uuid, outcome text, again_ms bigint, charge boolean)
      where j.id = s.id and j.claim_id = s.claim_id and j.state = 'running' and (s.again_ms is not null or s.outcome = 'released')
      returning j.id
    )
    select array_agg(x.id) into applied_more from (select o.id from over o union all select a.id from again a) as x;
  end if;
  if cardinality(applied) is distinct from nullif(cardinality(done), 0) or cardinality(applied_more) is distinct from nullif(json_array_length(settled), 0) then
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
    where s.id <> all (coalesce(applied, '{}')) and s.id <> all (coalesce(applied_more, '{}'));
  end if;

  -- Promote what is due, so that it can be claimed at once.
  select min(j.run_at) into next_due from mayfly.job j where j.state = 'scheduled';
  if next_due <= now() then
    rows_taken := array(
      select j.ctid from mayfly.job j where j.state = 'scheduled' and j.run_at <= now() order by j.run_at limit 1000 for update skip locked
    );
    update mayfly.job j set state = 'ready', ready_at = coalesce(j.ready_at, j.run_at)
    where j.ctid = any (rows_taken) and j.state = 'scheduled';
    mark := least(mark, next_due);
    select min(j.run_at) into next_due from mayfly.job j where j.state = 'scheduled';
  end if;

  -- Claim.
  if fresh then
    unpaused := array(select q.name from unnest(queues) as q(name) where not exists (select from mayfly.queue p where p.name = q.name and p.paused_at is not null));
    share_queues := unpaused;
    share_slots := array[slots];
    if cardinality(unpaused) > 1 then
      -- How many from which queue: looked up without locks, so that no row is locked that is not taken.
      select array_agg(share.queue), array_agg(share.take) into share_queues, share_slots from (
        select head.queue, count(*)::integer as take from (
          select t.queue from unnest(unpaused) as q(name) cross join lateral (
            select j.queue, j.priority, j.ready_at, j.id from mayfly.job j
            where j.state = 'ready' and j.queue = q.name and j.ready_at >= mark
            order by j.priority desc, j.ready_at, j.id limit slots
          ) as t order by t.priority desc, t.ready_at, t.id limit slots
        ) as head group by head.queue
      ) as share;
    end if;
    select array_agg(t.tid) into rows_taken from unnest(share_queues, share_slots) as q(name, take) cross join lateral (
      select j.ctid as tid from mayfly.job j
      where j.state = 'ready' and j.queue = q.name and j.ready_at >= mark
      order by j.priority desc, j.ready_at, j.id limit q.take for update skip locked
    ) as t;
    if cardinality(unpaused) > 1 and coalesce(cardinality(rows_taken), 0) < slots then
      -- Another worker holds what was counted on: take what is left anywhere.
      select array_agg(x.tid) into rows_more from (
        select t.tid from unnest(unpaused) as q(name) cross join lateral (
          select j.ctid as tid from mayfly.job j
          where j.state = 'ready' and j.queue = q.name and j.ready_at >= mark and j.ctid <> all (coalesce(rows_taken, '{}'))
          order by j.priority desc, j.ready_at, j.id limit slots - coalesce(cardinality(rows_taken), 0) for update skip locked
        ) as t limit slots - coalesce(cardinality(rows_taken), 0)
      ) as x;
      rows_taken := rows_taken || rows_more;
    end if;
    if rows_taken is not null then
      with taken as (
        update mayfly.job j
        set state = 'running', worker_id = turn_v1.worker, claim_id = turn_v1.claim, started_at = now(), attempt = j.attempt + 1, parked = 0
        where j.ctid = any (rows_taken) and j.state = 'ready' and j.name = any (names) and (j.timeout_ms <= fits_ms) is not false
        returning j.ready_at, json_build_array(j.id, j.name, j.queue, j.priority, j.run_at, j.retries, j.attempt, j.concurrency_key, j.timeout_ms,
          j.traceparent, j.tracestate, j.cancel_requested_at is not null, j.payload) as job
      )
      select json_agg(t.job), min(t.ready_at), count(*) into jobs, oldest, claimed from taken t;
      if claimed < cardinality(rows_taken) and (options ->> 'park')::boolean is not false then
        -- They keep their place in the order, and wait longer each time.
        update mayfly.job j
        set state = 'scheduled', parked = least(j.parked + 1, 100), run_at = now() + least(interval '1 hour', interval '1 minute' * power(2, least(j.parked, 6)))
        where j.ctid = any (rows_taken) and j.state = 'ready';
        get diagnostics parked = row_count;
      end if;
    end if;
  elsif replayed then
    select json_agg(json_build_array(j.id, j.name, j.queue, j.priority, j.run_at, j.retries, j.attempt, j.concurrency_key, j.timeout_ms,
      j.traceparent, j.tracestate, j.cancel_requested_at is not null, j.payload)), count(*)
    into jobs, claimed
    from mayfly.job j where j.state = 'running' and j.worker_id = turn_v1.worker and j.claim_id = turn_v1.claim;
  end if;

  cancels := (select array_agg(j.id) from mayfly.job j where j.worker_id = turn_v1.worker and j.state = 'running' and j.cancel_requested_at is not null);

  if claimed = 0 and (options ->> 'leave')::boolean then
    update mayfly.worker w set left_at = now()
    where w.id = turn_v1.worker and not exists (select from mayfly.job j where j.state = 'running' and j.worker_id = w.id);
  end if;
  return next;
end
$$;

revoke all on function mayfly.turn_v1(uuid, uuid, integer, text[], text[], uuid[], uuid[], json, timestamptz, json) from public;
