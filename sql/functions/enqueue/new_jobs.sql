-- mayfly.new_jobs: the jobs of a call to mayfly.enqueue_v1, with defaults filled in. See mayfly.new_job.
create function mayfly.new_jobs(jobs jsonb) returns setof mayfly.new_job
language sql volatile
as $$
  select
    x.nth,
    x.id,
    mayfly.partition_of(x.id),
    x.run_at,
    coalesce(x.expires_at, coalesce(x.run_at, now()) + x.expires_ms * interval '1 millisecond'),
    x.run_at is null or x.run_at <= now(),
    x.counted,
    x."limit",
    (x.expect ->> 'pending')::integer,
    (x.expect ->> 'running')::integer,
    case when x.counted or x.running_limit is not null then coalesce(x.key, '') else x.key end,
    case when octet_length(x.payload::text) > 65536 then octet_length(x.payload::text) end,
    null::uuid,
    x.timeout_ms,
    x.running_limit,
    coalesce(x.priority, 0::smallint),
    coalesce(x.retries, 0::smallint),
    x.key is not null and not x.counted and x.running_limit is null,
    coalesce(x.idempotent, false),
    coalesce(x.queue, 'default'),
    x.name,
    x.key,
    x.source,
    x.traceparent,
    x.tracestate,
    x.created_by,
    coalesce(x.payload, '{}')
  from (
    select
      j.nth, coalesce(j.id, mayfly.uuid7()) as id, j.name, j.queue, j.priority, j.retries, j.timeout_ms,
      coalesce(j.run_at, now() + j.delay_ms * interval '1 millisecond') as run_at,
      j.expires_at, j.expires_ms, nullif(j.key, '') as key, j."limit", j.expect, j.running_limit, j.idempotent,
      j."limit" is not null or j.expect is not null as counted, j.source, j.traceparent, j.tracestate, j.created_by, j.payload
    from rows from (
      jsonb_to_recordset(jobs) as (
        id uuid, name text, queue text, priority smallint, retries smallint, timeout_ms integer, run_at timestamptz, delay_ms bigint,
        expires_at timestamptz, expires_ms bigint, key text, "limit" integer, expect jsonb, running_limit integer, idempotent boolean,
        source text, traceparent text, tracestate text, created_by text, payload json
      )
    ) with ordinality as j(
      id, name, queue, priority, retries, timeout_ms, run_at, delay_ms, expires_at, expires_ms, key, "limit", expect, running_limit, idempotent,
      source, traceparent, tracestate, created_by, payload, nth
    )
    offset 0
  ) as x
$$;
