-- mayfly.purge_v1: end live jobs as cancelled, without hooks, also running ones: their workers learn that the claims
-- are lost. A job that has ended and only waits for its hook is removed. A slice, the smallest ids first; a repeat ends
-- another slice.
--
-- queue    null: of all queues
-- upto     at most this many
--
-- returns  ended: jobs that were cancelled; removed: jobs that had ended and waited for a hook
--
-- locks    rows with skip locked; then as mayfly.release
-- indexes  ready_pkey, scheduled_pkey, running_pkey
create function mayfly.purge_v1(queue text, upto integer, out ended integer, out removed integer)
language plpgsql volatile security definer
set lock_timeout = '5s'
-- planner: pinned
as $$
declare
  ids uuid[];
  rows_taken tid[];
  endings mayfly.ending[];
begin
  perform mayfly.require_read_committed();
  ids := array(
    select l.id from mayfly.live l where purge_v1.queue is null or l.queue = purge_v1.queue order by l.id limit upto
  );
  select coalesce(array_agg(l.tid), '{}'), coalesce(array_agg(l.ending), '{}') into rows_taken, endings
  from (
    select r.ctid as tid, mayfly.purged_attempt(r) as ending from mayfly.running r where r.id = any (ids)
      for update skip locked
  ) as l;
  delete from mayfly.running d where d.ctid = any (rows_taken);
  endings := endings || array(select mayfly.purged_attempt(w) from mayfly.take_waiting(ids, true) as w);
  perform mayfly.release(mayfly.end_attempts(endings));
  select count(*) filter (where (e.job).ended is not true), count(*) filter (where (e.job).ended) into ended, removed
  from unnest(endings) as e;
end
$$;
