-- mayfly.retry_v1: run a finished job once more, as a new job that names the old one. Once for its last result. May be repeated.
-- A limit on live jobs does not hold it up: it is somebody's express wish.
--
-- id      the finished job
-- new_id  of the job that is made
--
-- returns one row: outcome: enqueued; already: it has been retried before, as job_id; blocked: job_id, live, holds its key;
--         live: it has not finished; unknown: there is no such job, or its results have been removed
--
-- locks    the result's row, then the new job's key
-- indexes  job_pkey, job_key, result_id, worker_listening
create function mayfly.retry_v1(id uuid, new_id uuid)
returns table (outcome text, job_id uuid)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set jit = off
as $$
declare
  last record;
begin
  if exists (select from mayfly.job j where j.id = retry_v1.id and not j.ended) then
    return query select 'live'::text, retry_v1.id;
    return;
  end if;
  -- "offset 0" makes it a subquery of its own, which reads no other slots.
  select hit.slot, hit.tid into last from unnest(mayfly.result_slots(array[retry_v1.id])) as s(slot)
  cross join lateral (
    select r.slot, r.ctid as tid, r.finished_at from mayfly.result r where r.slot = s.slot and r.id = retry_v1.id and r.retry_at is null offset 0
  ) as hit order by hit.finished_at desc limit 1;
  if last.slot is null then
    return query select 'unknown'::text, null::uuid;
    return;
  end if;
  select r.slot, r.ctid as tid, r.retried_as, r.queue, r.name, r.concurrency_key, r.exclusive, r.idempotent, r.running_limit, r.priority, r.retries, r.timeout_ms, r.source,
    r.traceparent, r.tracestate, r.created_by, r.payload
  into last from mayfly.result r where r.slot = last.slot and r.id = retry_v1.id and r.retry_at is null
  -- By attempt first, lest the index on times be walked.
  order by r.attempt desc, r.finished_at desc limit 1 for update;
  if last.retried_as is not null then
    return query select case when last.retried_as = new_id then 'enqueued' else 'already' end, last.retried_as;
    return;
  end if;
  insert into mayfly.job (id, state, queue, name, concurrency_key, exclusive, idempotent, running_limit, priority, retries, timeout_ms, run_at, ready_at, retry_of,
    source, traceparent, tracestate, created_by, payload)
  values (new_id, 'ready', last.queue, last.name, last.concurrency_key, last.exclusive, last.idempotent, last.running_limit, last.priority, last.retries, last.timeout_ms, now(), now(), retry_v1.id,
    last.source, last.traceparent, last.tracestate, last.created_by, last.payload)
  on conflict do nothing;
  if not found then
    return query select 'blocked'::text, (
      select j.id from mayfly.job j where j.name = last.name and j.concurrency_key = last.concurrency_key and j.exclusive
    );
    return;
  end if;
  update mayfly.result r set retried_as = new_id where r.slot = last.slot and r.id = retry_v1.id and r.ctid = last.tid;
  perform mayfly.notify_ready(array[last.queue]);
  return query select 'enqueued'::text, new_id;
end
$$;
