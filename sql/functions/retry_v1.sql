-- mayfly.retry_v1: run finished jobs once more, each as a new job that names the old one. Once for a job's last result.
-- May be repeated. A live limit does not refuse it: an operator has asked for these jobs.
--
-- ids      the finished jobs
-- new_ids  of the new jobs, in the same order
--
-- returns  a row for each job, in the order of ids. outcome: enqueued; already: it was retried before, as job_id;
--          blocked: the live job job_id holds its key; conflict: its new id is another job already; live: it has not
--          finished; unknown: there is no such job, or its results have been removed
--
-- locks    results by id, then the new jobs' ids, then keys by name and key
-- indexes  ready_pkey, scheduled_pkey, running_pkey, result_NN_pkey, job_NN_pkey, held_key_exclusive, worker_listening
create function mayfly.retry_v1(ids uuid[], new_ids uuid[]) returns table (outcome text, job_id uuid)
language plpgsql volatile security definer
set lock_timeout = '2s'
-- planner: pinned
as $$
declare
  live uuid[];
  finished mayfly.finished[];
  job mayfly.new_job;
  jobs mayfly.new_job[] := '{}';
  blocked uuid[];
begin
  perform mayfly.require_read_committed();
  live := array(select l.id from mayfly.live l where l.id = any (ids) and l.ended is not true);
  finished := array(
    select f from mayfly.lock_finished(array(select i.id from unnest(ids) as i(id) where i.id <> all (live))) as f
  );
  -- One by one, without its payload from then on: all payloads together may exceed what an array can hold.
  for job in
    select j.*
    from mayfly.jobs_again(ids, new_ids, array(select f.id from unnest(finished) as f where f.retried_as is null)) as j
  loop
    continue when mayfly.insert_jobs(array[job]) = '{}';
    job.request.payload := null;
    jobs := jobs || job;
  end loop;
  blocked := mayfly.hold_keys(jobs);
  perform mayfly.undo_jobs(blocked);
  perform mayfly.insert_live(array(select j from unnest(jobs) as j where j.id <> all (blocked)), clock_timestamp());
  update mayfly.result r set retried_as = j.id
  from unnest(finished) as f
  join unnest(jobs) as j on (j.request).retry_of = f.id
  where r.partition = f.partition and r.id = any (array[f.id]) and (r.claim_id = f.claim_id) is true
    and j.id <> all (blocked);
  perform mayfly.notify_ready(array(select (j.request).queue from unnest(jobs) as j where j.id <> all (blocked)));
  return query
    select
      case
        when i.id = any (live) then 'live'
        when f.id is null then 'unknown'
        when m.id = i.new_id then 'enqueued'
        when m.id is not null then 'already'
        when j.id is not null then 'blocked'
        else 'conflict'
      end,
      case
        when i.id = any (live) then i.id
        when f.id is null or m.id is not null then m.id
        when j.id is null then i.new_id
        else (
          select h.id from mayfly.held_key h
          where h.name = (j.request).name and h.key = j.held_key and h.exclusive
        )
      end
    from unnest(ids, new_ids) with ordinality as i(id, new_id, nth)
    left join unnest(finished) as f on f.id = i.id
    left join unnest(jobs) as j on (j.request).retry_of = i.id
    cross join lateral (select coalesce(f.retried_as, case when j.id <> all (blocked) then j.id end) as id) as m
    order by i.nth;
end
$$;
