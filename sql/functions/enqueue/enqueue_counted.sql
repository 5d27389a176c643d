-- mayfly.enqueue_counted: enqueue jobs that a count decides on, one after the other, so that each sees those before it.
-- See limit and expect of mayfly.enqueue_v1. entered: the jobs that were enqueued; refused: of all others {id:
-- {outcome, pending, running}}; sent_at: see mayfly.insert_live
-- locks: lock rows of live limits by name and key, then ids
-- indexes: held_key_pkey, running_pkey, job_NN_pkey
create function mayfly.enqueue_counted(jobs mayfly.new_job[], sent_at timestamptz, out entered uuid[], out refused jsonb)
language plpgsql volatile
as $$
declare
  job mayfly.new_job;
  live record;
begin
  entered := '{}';
  refused := '{}';
  for job in select j.* from unnest(jobs) as j order by (j.request).name, j.held_key, j.nth loop
    continue when mayfly.insert_jobs(array[job]) = '{}';
    select c.pending, c.running into live from mayfly.live_count((job.request).name, (job.request).key, job.live_limit) as c;
    if live.pending + live.running >= job.live_limit or live.pending > job.expect_pending or live.running > job.expect_running then
      perform mayfly.undo_jobs(array[job.id]);
      refused := refused || jsonb_build_object(job.id::text, jsonb_build_object(
        'outcome', case when live.pending + live.running >= job.live_limit then 'limited' else 'conflict' end,
        'pending', live.pending,
        'running', live.running
      ));
    else
      perform mayfly.hold_keys(array[job]);
      perform mayfly.insert_live(array[job], sent_at);
      entered := entered || job.id;
    end if;
  end loop;
end
$$;
