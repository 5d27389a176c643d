-- mayfly.turn_claimed: the jobs that a worker holds under a claim, whether this turn has taken them or the turn that
-- this one repeats.
-- For each partition and priority first a row with head: [priority, ready since, ids, names, queues, ready_at,
-- attempts,
-- retries, extras]. names, queues: one text where all are alike; extras: {id: [hook, hook_tries, free_attempts,
-- cancelled]} of jobs that have any.
-- Then a row for each of its jobs, in that order, with rest and payload. rest: the columns that the generator lists as
-- rest, null where a job has none of them; payload: as it is stored, so that the server does not touch it.
-- Stable, so that all of it is read from one snapshot: between two a straggler could move to another partition.
-- indexes: running_worker, cancel_pkey, job_NN_pkey
create function mayfly.turn_claimed(worker uuid, claim uuid) returns table (head json, rest json, payload json)
language plpgsql stable
as $$
declare
  kind record;
  sent integer;
begin
  for kind in
    select
      r.partition, r.priority, min(r.ready_at) as since, array_agg(r.id) as ids, array_agg(r.name) as names,
      array_agg(r.queue) as queues,
      array_agg(r.ready_at) as ready_at, array_agg(r.attempt) as attempts, array_agg(r.retries) as retries,
      json_object_agg(r.id, json_build_array(
        r.hook, r.hook_tries, r.free_attempts, exists (select from mayfly.cancel c where c.id = r.id)
      )) filter (where r.hook is not null or r.free_attempts is not null) as extras
    from (
      select
        o.partition, o.priority, o.ready_at, o.id, o.name, o.queue, o.attempt, o.retries, o.hook, o.hook_tries,
        o.free_attempts
      from mayfly.running o
      where o.worker_id = worker and o.claim_id = claim
      order by o.priority desc, o.partition, o.id
    ) as r
    group by r.priority, r.partition
    order by r.priority desc, r.partition
  loop
    head := json_build_array(
      kind.priority,
      kind.since,
      kind.ids,
      case when kind.names[1] = all (kind.names) then to_json(kind.names[1]) else to_json(kind.names) end,
      case when kind.queues[1] = all (kind.queues) then to_json(kind.queues[1]) else to_json(kind.queues) end,
      kind.ready_at,
      kind.attempts,
      kind.retries,
      kind.extras
    );
    return next;
    head := null;
    -- One statement a partition: one for all would lock each of them, and wait wherever one is being truncated.
    case kind.partition
    --{ partition
      when {partition} then
        return query
        select
          null::json,
          case when j.key is not null or j.timeout_ms is not null or j.idempotent or j.run_at is not null
            or j.traceparent is not null
            then json_build_array({rest of j}) end,
          j.payload
        from mayfly.job_{partition} j
        where j.id = any (kind.ids)
        order by j.id;
    --}
    end case;
    -- Rows are told apart by their order alone.
    get diagnostics sent = row_count;
    if sent <> cardinality(kind.ids) then
      -- In a repeat: one of them has just moved to far, and its partition was truncated. Asked again, it is there.
      raise exception 'a running job of partition % has no row in mayfly.job', kind.partition
        using errcode = 'serialization_failure';
    end if;
  end loop;
end
$$;
