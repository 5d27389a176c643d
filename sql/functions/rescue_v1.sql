-- mayfly.rescue_v1: declare the attempts of workers that stopped sending heartbeats lost. One slice; call again while there is more.
-- A job with attempts left is made ready again at once, any other has had its last result; where there is a hook, it comes first.
-- An idempotent job's lost attempt does not count, up to five in a row. An operator's cancel wins over lost.
-- May be repeated: what is no longer running under a stale worker is left alone.
--
-- stale_ms  a worker whose last heartbeat is older than this is dead
-- most      at most this many attempts
-- asker     the worker that asks, which is alive however long nothing was heard of it; or null
--
-- returns one row: lost, how many attempts were declared lost or cancelled; more, whether the slice was full, or that of silent workers;
--              rescued, of those, the ones that got a result: [[queue, name, outcome, count]]
--
-- locks    worker rows and job rows, both skip locked; then running limits by number.
--          A worker that comes back waits for its row, and then finds its claims gone
-- indexes  job_running, job_capped, job_held, worker_pkey. All workers are read: they are few, and go once nothing runs under them
create function mayfly.rescue_v1(stale_ms integer, most integer, asker uuid)
returns table (lost integer, more boolean, rescued json)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set jit = off
as $$
declare
  stale uuid[];
  rows_taken tid[];
  rooms jsonb;
  room record;
begin
  stale := array(
    select w.id from mayfly.worker w
    where w.heartbeat_at < now() - stale_ms * interval '1 millisecond' and w.id is distinct from asker
    order by w.heartbeat_at limit 1000 for update skip locked
  );
  if cardinality(stale) > 0 then
    rows_taken := array(
      select t.tid from unnest(stale) as s(id) cross join lateral (
        select j.ctid as tid from mayfly.job j where j.state = 'running' and j.worker_id = s.id limit most for update skip locked
      ) as t limit most
    );
    if cardinality(rows_taken) > 0 then
      -- An attempt that was only running its hook has its result already.
      with written as (
        insert into mayfly.result (id, claim_id, worker_id, retry_of, run_at, created_at, started_at, retry_at, timeout_ms, running_limit, priority, retries,
          attempt, exclusive, idempotent, outcome, queue, name, concurrency_key, source, traceparent, tracestate, created_by, payload, error)
        select j.id, j.claim_id, j.worker_id, j.retry_of, j.run_at, j.created_at, j.started_at,
          case when j.cancel_requested_at is null and (j.attempt <= j.retries or j.idempotent and j.uncharged < 5) then now() end, j.timeout_ms, j.running_limit,
          j.priority, j.retries, j.attempt, j.exclusive, j.idempotent, case when j.cancel_requested_at is null then 'lost' else 'cancelled' end, j.queue, j.name,
          j.concurrency_key, j.source, j.traceparent, j.tracestate, j.created_by, j.payload,
          jsonb_build_object('name', 'LostError', 'message', 'worker ' || j.worker_id || ' stopped sending heartbeats')
        from mayfly.job j where j.ctid = any (rows_taken) and j.hook is null
        returning queue, name, outcome, run_at, started_at, attempt
      ), added_up as (
        insert into mayfly.tally (queue, outcome, waited, ran, attempts, retries)
        select w.queue, w.outcome, mayfly.duration_step(w.run_at, w.started_at) as waited, mayfly.duration_step(w.started_at, now()) as ran, count(*),
          count(*) filter (where w.attempt > 1)
        from written w group by w.queue, w.outcome, waited, ran
      )
      select json_agg(json_build_array(g.queue, g.name, g.outcome, g.count) order by g.queue, g.name, g.outcome) into rescued
      from (select w.queue, w.name, w.outcome, count(*) from written w group by w.queue, w.name, w.outcome) g;
      with told as (
        select j.ctid as tid, j.name, j.concurrency_key, j.running_limit, j.hook is not null as hooking,
          j.idempotent and j.uncharged < 5 as free,
          j.cancel_requested_at is null and (j.attempt <= j.retries or j.idempotent and j.uncharged < 5) as again
        from mayfly.job j where j.ctid = any (rows_taken)
      ), over as (
        delete from mayfly.job j using told t where j.ctid = t.tid and not t.hooking and not t.again and j.hooked is not true
      ), back as (
        update mayfly.job j
        set state = 'ready', run_at = now(), ready_at = now(), claim_id = null, worker_id = null, started_at = null,
          attempt = case when not t.hooking and t.again and t.free then j.attempt - 1 else j.attempt end,
          uncharged = case when t.hooking then j.uncharged when t.again and t.free then j.uncharged + 1 else 0 end,
          hook = case when t.hooking then j.hook when j.hooked then case when j.cancel_requested_at is null then 'lost' else 'cancelled' end end,
          hook_tries = case when t.hooking then j.hook_tries else 0 end,
          ended = j.ended or not (t.hooking or t.again),
          exclusive = j.exclusive and (t.hooking or t.again), concurrency_key = case when t.hooking or t.again then j.concurrency_key end,
          expires_at = case when t.hooking or t.again then j.expires_at end, running_limit = case when t.hooking or t.again then j.running_limit end
        from told t where j.ctid = t.tid and (t.hooking or t.again or j.hooked)
      )
      select jsonb_agg(jsonb_build_array(t.name, t.concurrency_key)) filter (where t.running_limit is not null) into rooms from told t;
    end if;
    delete from mayfly.worker w
    where w.id = any (stale) and (select true from mayfly.job j where j.state = 'running' and j.worker_id = w.id limit 1) is null;
    if rooms is not null then
      for room in
        select g.pair ->> 0 as name, g.pair ->> 1 as key, count(*)::integer as freed
        from jsonb_array_elements(rooms) as g(pair)
        group by 1, 2 order by hashtextextended((g.pair ->> 0) || chr(31) || (g.pair ->> 1), 7382)
      loop
        perform mayfly.let_in(room.name, room.key, room.freed);
      end loop;
    end if;
  end if;
  lost := coalesce(cardinality(rows_taken), 0);
  more := lost = most or cardinality(stale) = 1000;
  return next;
end
$$;
