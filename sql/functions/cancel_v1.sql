-- mayfly.cancel_v1: cancel a job, for good. A waiting one ends now; a running one is asked to stop, and ends as cancelled. May be repeated.
--
-- returns  cancelled: it has ended so, now or before; requested: it runs, or a hook of its last attempt is due first; its worker is told in its
--          next turn, and there is no other attempt; finished: it had ended otherwise; unknown: there is no such job, or its results have been removed
--
-- locks    the job's row
-- indexes  job_pkey, result_id
create function mayfly.cancel_v1(id uuid) returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set jit = off
as $$
declare
  live record;
  past text;
begin
  select j.ctid as tid, j.state, j.hook, j.ended into live from mayfly.job j where j.id = cancel_v1.id for update;
  if not live.ended and (live.state = 'running' or live.hook is not null) then
    update mayfly.job j set cancel_requested_at = coalesce(j.cancel_requested_at, now()) where j.id = cancel_v1.id;
    return 'requested';
  elsif not live.ended then
    perform mayfly.end_waiting(array[live.tid], 'CancelledError', 'cancelled before it ran');
    return 'cancelled';
  end if;
  -- "offset 0" makes it a subquery of its own, which reads no other slots.
  select hit.outcome into past from unnest(mayfly.result_slots(array[cancel_v1.id])) as s(slot)
  cross join lateral (select r.outcome, r.finished_at from mayfly.result r where r.slot = s.slot and r.id = cancel_v1.id offset 0) as hit
  order by hit.finished_at desc limit 1;
  return case when past = 'cancelled' then 'cancelled' when past is null then 'unknown' else 'finished' end;
end
$$;
