-- mayfly.job_rest: what few jobs have, as its worker is told of it: [key, timeout_ms, traceparent, tracestate, idempotent]; null for all others.
create function mayfly.job_rest(key text, timeout_ms integer, traceparent text, tracestate text, idempotent boolean) returns json
language sql stable
as $$
  select case when key is not null or timeout_ms is not null or traceparent is not null or idempotent
    then json_build_array(key, timeout_ms, traceparent, tracestate, idempotent) end
$$;
