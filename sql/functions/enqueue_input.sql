-- mayfly.enqueue_input: the jobs of a call to enqueue_v1 as rows, with defaults filled in; nth is the place in the array.
-- counted: limit or expect decides whether it goes in, instead of the rule of one live job per key.
create function mayfly.enqueue_input(jobs jsonb)
returns table (
  nth bigint, id uuid, name text, queue text, priority smallint, retries smallint, timeout_ms integer, due timestamptz, expires timestamptz,
  key text, exclusive boolean, counted boolean, most integer, expect_pending integer, expect_running integer, running_limit integer, idempotent boolean,
  source text, traceparent text, tracestate text, created_by text, payload jsonb
)
language sql stable
as $$
  select
    x.nth, x.id, x.name, coalesce(x.queue, 'default'), coalesce(x.priority, 0::smallint), coalesce(x.retries, 0::smallint), x.timeout_ms,
    coalesce(x.run_at, now() + x.delay_ms * interval '1 millisecond', now()),
    coalesce(x.expires_at, coalesce(x.run_at, now() + x.delay_ms * interval '1 millisecond', now()) + x.expires_ms * interval '1 millisecond'),
    coalesce(nullif(x.key, ''), case when x.running_limit is not null or x."limit" is not null or x.expect is not null then '' end),
    coalesce(x.key <> '' and x."limit" is null and x.expect is null and x.running_limit is null, false), x."limit" is not null or x.expect is not null,
    x."limit", (x.expect ->> 'pending')::integer, (x.expect ->> 'running')::integer, x.running_limit, coalesce(x.idempotent, false),
    x.source, x.traceparent, x.tracestate, x.created_by, coalesce(x.payload, '{}')
  from rows from (
    jsonb_to_recordset(jobs) as (
      id uuid, name text, queue text, priority smallint, retries smallint, timeout_ms integer, run_at timestamptz, delay_ms bigint,
      expires_at timestamptz, expires_ms bigint, key text, "limit" integer, expect jsonb, running_limit integer, idempotent boolean,
      source text, traceparent text, tracestate text, created_by text, payload jsonb
    )
  ) with ordinality as x(
    id, name, queue, priority, retries, timeout_ms, run_at, delay_ms, expires_at, expires_ms,
    key, "limit", expect, running_limit, idempotent, source, traceparent, tracestate, created_by, payload, nth
  )
$$;
