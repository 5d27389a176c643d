-- mayfly.end_waiting: end jobs that wait, as cancelled, with a reason. Their rows have to be locked by the caller. Returns how many.
-- Where a handler has a hook, or may have one, the row stays for it, without its key, which is free from now on.
create function mayfly.end_waiting(tids tid[], reason text, message text) returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  ended integer;
begin
  if tids = '{}' then
    return 0;
  end if;
  with written as (
    insert into mayfly.result (id, retry_of, run_at, created_at, timeout_ms, running_limit, priority, retries, attempt, exclusive, idempotent,
      outcome, queue, name, concurrency_key, source, traceparent, tracestate, created_by, payload, error)
    select j.id, j.retry_of, j.run_at, j.created_at, j.timeout_ms, j.running_limit, j.priority, j.retries, j.attempt, j.exclusive, j.idempotent,
      'cancelled', j.queue, j.name, j.concurrency_key, j.source, j.traceparent, j.tracestate, j.created_by, j.payload,
      jsonb_build_object('name', reason, 'message', message)
    from mayfly.job j where j.ctid = any (tids) and j.state <> 'running'
    returning queue, attempt
  ), tallied as (
    insert into mayfly.tally (queue, outcome, attempts, retries)
    select w.queue, 'cancelled', count(*), count(*) filter (where w.attempt > 1) from written w group by w.queue
  )
  select count(*) into ended from written w;
  delete from mayfly.job j where j.ctid = any (tids) and j.state <> 'running' and j.hooked is false;
  update mayfly.job j
  set state = 'ready', run_at = now(), ready_at = now(), held = false, parked = 0, hook = 'cancelled', hook_tries = 0, ended = true,
    exclusive = false, concurrency_key = null, expires_at = null, running_limit = null
  where j.ctid = any (tids) and j.state <> 'running';
  return ended;
end
$$;
