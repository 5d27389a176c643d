-- mayfly.rescue_v1: declare the attempts of workers that stopped sending heartbeats lost. One slice; call again while there is more.
-- A job with attempts left is made ready again at once, any other has had its last result. An operator's cancel wins over lost.
-- May be repeated: what is no longer running under a stale worker is left alone.
--
-- stale_ms  a worker whose last heartbeat is older than this is dead
-- most      at most this many attempts
--
-- returns one row: lost, how many attempts were declared lost or cancelled; more, whether the slice was full
--
-- locks    worker rows and job rows, both skip locked. A worker that comes back waits for its row, and then finds its claims gone
-- indexes  job_running, worker_pkey. All workers are read: they are few, and go once nothing runs under them
create function mayfly.rescue_v1(stale_ms integer, most integer)
returns table (lost integer, more boolean)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set jit = off
as $$
declare
  stale uuid[];
  rows_taken tid[];
begin
  stale := array(
    select w.id from mayfly.worker w
    where w.heartbeat_at < now() - stale_ms * interval '1 millisecond'
    order by w.heartbeat_at limit 1000 for update skip locked
  );
  if cardinality(stale) > 0 then
    rows_taken := array(
      select t.tid from unnest(stale) as s(id) cross join lateral (
        select j.ctid as tid from mayfly.job j where j.state = 'running' and j.worker_id = s.id limit most for update skip locked
      ) as t limit most
    );
    if cardinality(rows_taken) > 0 then
      insert into mayfly.result (id, claim_id, worker_id, run_at, created_at, started_at, retry_at, timeout_ms, priority, retries, attempt, exclusive,
        outcome, queue, name, concurrency_key, source, traceparent, tracestate, created_by, payload, error)
      select j.id, j.claim_id, j.worker_id, j.run_at, j.created_at, j.started_at,
        case when j.cancel_requested_at is null and j.attempt <= j.retries then now() end, j.timeout_ms, j.priority, j.retries, j.attempt, j.exclusive,
        case when j.cancel_requested_at is null then 'lost' else 'cancelled' end, j.queue, j.name, j.concurrency_key, j.source, j.traceparent, j.tracestate, j.created_by, j.payload,
        jsonb_build_object('name', 'LostError', 'message', 'worker ' || j.worker_id || ' stopped sending heartbeats')
      from mayfly.job j where j.ctid = any (rows_taken) and j.state = 'running';
      delete from mayfly.job j
      where j.ctid = any (rows_taken) and j.state = 'running' and (j.cancel_requested_at is not null or j.attempt > j.retries);
      update mayfly.job j
      set state = 'ready', run_at = now(), ready_at = now(), claim_id = null, worker_id = null, started_at = null
      where j.ctid = any (rows_taken) and j.state = 'running';
    end if;
    delete from mayfly.worker w
    where w.id = any (stale) and not exists (select from mayfly.job j where j.state = 'running' and j.worker_id = w.id);
  end if;
  lost := coalesce(cardinality(rows_taken), 0);
  more := lost = most;
  return next;
end
$$;

revoke all on function mayfly.rescue_v1(integer, integer) from public;
