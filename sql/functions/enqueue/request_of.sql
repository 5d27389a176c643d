-- mayfly.request_of: what a job is asked to be, from its fields as mayfly.enqueue_v1 takes them, with defaults for the
-- rest.
create function mayfly.request_of(fields jsonb) returns mayfly.job_request
language sql stable
as $$
  select jsonb_populate_record(
    null::mayfly.job_request,
    '{"queue": "default", "priority": 0, "retries": 0, "idempotent": false, "payload": {}}'
      || fields
  )
$$;
