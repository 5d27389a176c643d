-- mayfly.claimed_job: a claimed job as its worker is told of it, [id, name, queue, run_at, retries, attempt, payload, rest], short, since a turn may carry
-- hundreds. rest is null for most jobs, else [key, timeout_ms, traceparent, tracestate, cancel requested, hook, hook_tries, idempotent, uncharged].
create function mayfly.claimed_job(j mayfly.job) returns json
language sql stable
as $$
  select json_build_array(j.id, j.name, j.queue, j.run_at, j.retries, j.attempt, j.payload, case
    when j.concurrency_key is not null or j.timeout_ms is not null or j.traceparent is not null or j.cancel_requested_at is not null or j.hook is not null
      or j.idempotent or j.uncharged > 0
    then json_build_array(j.concurrency_key, j.timeout_ms, j.traceparent, j.tracestate, j.cancel_requested_at is not null, j.hook, j.hook_tries, j.idempotent,
      j.uncharged) end)
$$;
