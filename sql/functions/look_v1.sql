-- mayfly.look_v1: what a tick does first, in one round trip. Rescue a slice, forget claims that no client repeats any more,
-- say whether there is work. May be repeated.
--
-- stale_ms, most  see mayfly.rescue_v1
-- queues          the queues served
--
-- returns one row: lost, more, see mayfly.rescue_v1; ready, whether a job waits in an unpaused queue;
--                  next_due, when the next scheduled job is due
--
-- locks    as rescue_v1; claims with skip locked
-- indexes  claim_pkey, queue_pkey, job_ready, job_scheduled
create function mayfly.look_v1(stale_ms integer, most integer, queues text[])
returns table (lost integer, more boolean, ready boolean, next_due timestamptz)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set jit = off
as $$
begin
  select r.lost, r.more into lost, more from mayfly.rescue_v1(stale_ms, most) r;

  -- Ids are made in order, so the oldest claims are the first ones. No client repeats a call after more than an hour.
  delete from mayfly.claim c
  where c.id = any (array(
    select o.id from mayfly.claim o
    where o.id < mayfly.uuid7_floor(now() - interval '1 hour') and o.at < now() - interval '1 hour'
    order by o.id limit 1000 for update skip locked
  ));

  ready := exists (
    select from unnest(queues) as q(name)
    where exists (select from mayfly.job j where j.state = 'ready' and j.queue = q.name)
      and not exists (select from mayfly.queue p where p.name = q.name and p.paused_at is not null)
  );
  next_due := (select min(j.run_at) from mayfly.job j where j.state = 'scheduled');
  return next;
end
$$;

revoke all on function mayfly.look_v1(integer, integer, text[]) from public;
