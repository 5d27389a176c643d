-- mayfly.enqueue_group_v1: enqueue jobs of one kind that are due at once and have neither key, limit nor expiry, as
-- nearly all jobs of a program. Two inserts, in half the time of mayfly.enqueue_v1. Any other call is handed on to that
-- function.
--
-- kind           what the jobs have in common: {name, queue, priority, retries, timeout_ms, idempotent, source,
--                traceparent, tracestate, created_by} as of mayfly.enqueue_v1
-- ids, payloads  of the jobs, in the same order; payloads is a JSON array
--
-- returns        the jobs that were not enqueued, as [[nth, outcome, existing_id, pending, running]], nth from 1; null:
--                all were enqueued
--
-- locks          ids
-- indexes        job_NN_pkey, worker_listening
create function mayfly.enqueue_group_v1(kind jsonb, ids uuid[], payloads json) returns json
language plpgsql volatile security definer
set lock_timeout = '2s'
-- planner: pinned
as $$
declare
  request mayfly.job_request := mayfly.request_of(kind);
  day integer := mayfly.id_day(ids[1]);
  part smallint := mayfly.partition_of(ids[1]);
  low uuid := mayfly.day_floor(day);
  high uuid := mayfly.day_floor(day + 1);
  sorted uuid[] := array(select i.id from unnest(ids) as i(id) order by i.id);
  sent_at timestamptz := clock_timestamp();
  bytes integer := case when octet_length(payloads::text) > 65536
    then octet_length(payloads::text) / greatest(cardinality(ids), 1) end;
begin
  -- Only ids of one day, about today: whatever else may lie in other partitions.
  -- A call beyond 4 MiB has its payloads measured one by one there.
  if mayfly.is_plain(kind)
    and abs(floor(extract(epoch from clock_timestamp()) / 86400) - day) <= 1
    and cardinality(ids) = json_array_length(payloads)
    and octet_length(payloads::text) <= 4194304
    and ids = sorted and ids[1] >= low and ids[cardinality(ids)] < high
  then
    begin
      insert into mayfly.job (id, partition, {request but retry_of, running_limit, exclusive, key})
      select i.id, part, {request but retry_of, running_limit, exclusive, key, payload of k}, i.payload
      from (select (request).*) as k
      cross join rows from (unnest(ids), json_array_elements(payloads)) as i(id, payload);
      insert into mayfly.ready (id, partition, queue, name, priority, retries, timeout_ms, bytes, ready_at)
      select i.id, part, k.queue, k.name, k.priority, k.retries, k.timeout_ms, bytes,
        sent_at + i.nth * interval '1 microsecond'
      from (select (request).*) as k
      cross join unnest(ids) with ordinality as i(id, nth);
      if exists (select from mayfly.worker w where w.listening) then
        perform mayfly.notify_ready(array[(request).queue]);
      end if;
      return null;
    exception when unique_violation then
      -- Some of these ids are known. All that this block did is undone.
      null;
    end;
  end if;
  return (
    select json_agg(json_build_array(e.nth, e.outcome, e.existing_id, e.pending, e.running))
      filter (where e.outcome <> 'enqueued')
    from mayfly.enqueue_v1((
      select jsonb_agg(kind || jsonb_build_object('id', i.id, 'payload', i.payload) order by i.nth)
      from rows from (unnest(ids), json_array_elements(payloads)) with ordinality as i(id, payload, nth)
    ), quiet => true) with ordinality as e(id, outcome, existing_id, pending, running, nth)
  );
end
$$;
