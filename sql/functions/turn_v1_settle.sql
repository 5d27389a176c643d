-- mayfly.turn_v1_settle: end attempts in every way but a plain success. settled: see mayfly.turn_v1.
-- An attempt that would have another one, of a job that is to be cancelled, ends it as cancelled; so does a lost one. The hook of a lost
-- attempt comes before its retry.
-- applied: the jobs that were still under their claim; capped: [[name, key]] of those with a running limit
-- locks: the jobs' rows
-- indexes: job_pkey
create function mayfly.turn_v1_settle(settled json, out applied uuid[], out capped jsonb)
language plpgsql volatile
as $$
begin
  -- The row as it was goes into the result, before it changes; locked, so that both see the same jobs.
  with written as (
    insert into mayfly.result (id, claim_id, worker_id, retry_of, run_at, created_at, started_at, retry_at, timeout_ms, running_limit, priority, retries,
      attempt, exclusive, idempotent, outcome, queue, name, concurrency_key, source, traceparent, tracestate, created_by, payload, error, output)
    select j.id, j.claim_id, j.worker_id, j.retry_of, j.run_at, j.created_at, j.started_at,
      case when j.cancel_requested_at is null then now() + s.again_ms * interval '1 millisecond' end, j.timeout_ms, j.running_limit, j.priority, j.retries,
      j.attempt, j.exclusive, j.idempotent, case when j.cancel_requested_at is not null and (s.again_ms is not null or s.outcome = 'lost') then 'cancelled' else s.outcome end,
      j.queue, j.name, j.concurrency_key, j.source, j.traceparent, j.tracestate, j.created_by, j.payload, s.error, s.output
    from json_to_recordset(settled) as s(id uuid, claim_id uuid, outcome text, again_ms bigint, error jsonb, output jsonb)
    join mayfly.job j on j.id = any (array[s.id]) and j.claim_id = s.claim_id
    where s.outcome not in ('released', 'hooked')
    for update of j
    returning queue, outcome, run_at, started_at, attempt
  )
  insert into mayfly.tally (queue, outcome, waited, ran, attempts, retries)
  select w.queue, w.outcome, mayfly.duration_step(w.run_at, w.started_at) as waited, mayfly.duration_step(w.started_at, now()) as ran, count(*),
    count(*) filter (where w.attempt > 1)
  from written w group by w.queue, w.outcome, waited, ran;

  with told as (
    select j.id, j.name, j.concurrency_key, j.running_limit, s.outcome, s.again_ms, s.charge,
      case
        when s.outcome in ('released', 'hooked') then null
        when j.cancel_requested_at is not null and (s.again_ms is not null or s.outcome = 'lost') then case when j.hooked then 'cancelled' end
        when s.hook and (s.again_ms is null or s.outcome = 'lost') then s.outcome end as hook,
      case s.outcome
        when 'released' then false
        when 'hooked' then s.again_ms is null and j.ended
        else s.again_ms is null or j.cancel_requested_at is not null end as over
    from json_to_recordset(settled) as s(id uuid, claim_id uuid, outcome text, again_ms bigint, charge boolean, hook boolean)
    join mayfly.job j on j.id = any (array[s.id]) and j.claim_id = s.claim_id
    for update of j
  ), gone as (
    delete from mayfly.job j using told t where j.id = any (array[t.id]) and t.over and t.hook is null
  ), kept_for_hook as (
    update mayfly.job j
    set state = 'ready', run_at = now(), ready_at = now(), claim_id = null, worker_id = null, started_at = null, hook = t.hook, hook_tries = 0,
      ended = true, exclusive = false, concurrency_key = null, expires_at = null, running_limit = null
    from told t where j.id = any (array[t.id]) and t.over and t.hook is not null
  ), again as (
    update mayfly.job j
    set state = case when t.again_ms > 0 and t.outcome <> 'released' and t.hook is null then 'scheduled' else 'ready' end,
      run_at = case when t.outcome = 'released' then j.run_at when t.hook is not null then now() else now() + coalesce(t.again_ms, 0) * interval '1 millisecond' end,
      ready_at = case when t.outcome = 'released' then j.ready_at when t.again_ms > 0 and t.hook is null then null else now() end,
      attempt = case when j.hook is null and (t.outcome = 'released' or t.charge is false) then j.attempt - 1 else j.attempt end,
      uncharged = case
        when t.outcome in ('released', 'hooked', 'deferred') then j.uncharged
        when t.charge is false then j.uncharged + 1
        else 0 end,
      hook = case when t.outcome = 'hooked' and t.again_ms is null then null else coalesce(t.hook, j.hook) end,
      hook_tries = case
        when t.outcome = 'released' and j.hook is not null then j.hook_tries - 1
        when t.outcome = 'hooked' and t.again_ms is null then 0
        else j.hook_tries end,
      claim_id = null, worker_id = null, started_at = null
    from told t where j.id = any (array[t.id]) and not t.over
  )
  select array_agg(t.id), jsonb_agg(jsonb_build_array(t.name, t.concurrency_key)) filter (where t.running_limit is not null)
  into applied, capped from told t;
end
$$;
