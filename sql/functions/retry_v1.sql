-- mayfly.retry_v1: run a finished job once more, as a new job that names the old one. Once for its last result. May be
-- repeated. A live limit does not refuse it: an operator has asked for this job.
--
-- id      the finished job
-- new_id  of the new job
--
-- returns one row. outcome: enqueued; already: it was retried before, as job_id; blocked: the live job job_id holds its
-- key;
--         conflict: new_id is another job already; live: it has not finished; unknown: there is no such job, or its
--         results have been removed
--
-- locks    the result's row, then the new job's id and key
-- indexes  ready_pkey, scheduled_pkey, running_pkey, result_NN_pkey, job_NN_pkey, held_key_exclusive, worker_listening
create function mayfly.retry_v1(id uuid, new_id uuid) returns table (outcome text, job_id uuid)
language plpgsql volatile
set lock_timeout = '2s'
-- planner: pinned
as $$
declare
  last record;
  fresh mayfly.new_job;
begin
  if exists (select from mayfly.live l where l.id = retry_v1.id and l.ended is not true) then
    return query select 'live'::text, retry_v1.id;
    return;
  end if;
  select r.partition, r.claim_id, r.retried_as into last
  from mayfly.result r
  where r.partition in (mayfly.partition_of(retry_v1.id), mayfly.far()) and r.id = retry_v1.id and r.retry_at is null
  -- By attempt first, lest an index on times be walked.
  order by r.attempt desc, r.finished_at desc
  limit 1
  for update;
  if last.partition is null then
    return query select 'unknown'::text, null::uuid;
    return;
  end if;
  if last.retried_as is not null then
    return query select case when last.retried_as = new_id then 'enqueued' else 'already' end, last.retried_as;
    return;
  end if;
  fresh.request := (
    select row({request of j})::mayfly.job_request
    from mayfly.job j
    where j.partition in (mayfly.partition_of(retry_v1.id), mayfly.far()) and j.id = retry_v1.id
  );
  fresh.request.retry_of := retry_v1.id;
  fresh.nth := 1;
  fresh.id := new_id;
  fresh.partition := mayfly.partition_of(new_id);
  fresh.at_once := true;
  fresh.held_key := case when (fresh.request).running_limit is not null
    then coalesce((fresh.request).key, '') else (fresh.request).key end;
  fresh.bytes := mayfly.large((fresh.request).payload);
  if mayfly.insert_jobs(array[fresh]) = '{}' then
    return query select 'conflict'::text, new_id;
    return;
  end if;
  if mayfly.hold_keys(array[fresh]) <> '{}' then
    perform mayfly.undo_jobs(array[new_id]);
    return query
    select 'blocked'::text, (select h.id from mayfly.held_key h
    where h.name = (fresh.request).name and h.key = fresh.held_key and h.exclusive);
    return;
  end if;
  perform mayfly.insert_live(array[fresh], clock_timestamp());
  update mayfly.result r set retried_as = new_id
  where r.partition = last.partition and r.id = retry_v1.id and r.claim_id = last.claim_id;
  perform mayfly.notify_ready(array[(fresh.request).queue]);
  return query select 'enqueued'::text, new_id;
end
$$;
