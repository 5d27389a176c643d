-- mayfly.look_v1: what a tick does first, in one round trip. Rescue a slice, and say which schedules are due. Then the duties: end what has expired, let in
-- what waits at a running limit with room, forget claims that no client repeats any more and old idempotency keys, add up tallies and costs, empty result
-- slots that have fallen out of retention. A duty that fails undoes itself and stops nothing else. At last, say whether there is work. May be repeated.
--
-- stale_ms, most  see mayfly.rescue_v1; most also bounds how many expire
-- queues          the queues served
-- options         {worker, application, hash, retention_days, cost}. worker: the asker of mayfly.rescue_v1; cost: see mayfly.note_cost; application, hash: the set of schedules of this deployment; retention_days: 1 to 30
--
-- returns one row: lost, rescued, see mayfly.rescue_v1; ended, jobs that expired; more, whether a slice was full; ready, whether a job waits in an
--              unpaused queue;
--   next_due   when the next scheduled job is due
--   set_state  of the deployment's set of schedules: see mayfly.schedule_set_state. null without one
--   schedules  of a current set, those due: [[name, fire, next_at, resumed_at]]
--   next_fire  when the next schedule of that set is due
--   failed     duties that failed, and are tried again by the next call: [[duty, sqlstate, message]]
--
-- locks    as rescue_v1; rows with skip locked; running limits only where they are free; result slots only where they soon are
-- indexes  claim_pkey, idempotency_key_at, tally_at, cost_at, worker_pkey, queue_pkey, job_ready, job_scheduled, job_running, job_expiry, job_held, job_capped, schedule_pkey,
--          schedule_set_pkey
create function mayfly.look_v1(stale_ms integer, most integer, queues text[], options json)
returns table (
  lost integer, ended integer, more boolean, ready boolean, next_due timestamptz, set_state text, schedules json, next_fire timestamptz, rescued json,
  failed jsonb
)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set jit = off
as $$
declare
  own text := options ->> 'application';
  room record;
  slot smallint;
  forgotten integer;
  duty text;
begin
  select r.lost, r.more, r.rescued into lost, more, rescued from mayfly.rescue_v1(stale_ms, most, (options ->> 'worker')::uuid) r;

  if own is not null then
    set_state := mayfly.schedule_set_state(own, options ->> 'hash');
    if set_state = 'current' then
      select json_agg(json_build_array(s.name, s.fire, s.next_at, s.resumed_at) order by s.name) into schedules
      from mayfly.schedule s where s.application = own and s.next_at <= now() and s.paused_at is null;
      select min(s.next_at) into next_fire
      from mayfly.schedule s where s.application = own and s.next_at > now() and s.paused_at is null;
    end if;
  end if;

  ended := 0;
  failed := '[]';
  foreach duty in array array['expiry', 'running limits', 'claims', 'idempotency keys', 'tallies', 'costs', 'retention'] loop
    begin
      case duty
        when 'expiry' then
          ended := mayfly.end_waiting(array(
            select j.ctid from mayfly.job j
            where j.expires_at <= now() and j.state <> 'running' and j.hook is null order by j.expires_at limit most for update skip locked
          ), 'ExpiredError', 'expired before it ran');
          more := more or ended = most;
        when 'running limits' then
          -- Whoever was let in and ended before it was claimed gives its room back only here.
          for room in
            with recursive groups as (
              (select j.name, j.concurrency_key as key from mayfly.job j where j.held order by j.name, j.concurrency_key limit 1)
              union all
              select n.name, n.key from groups g cross join lateral (
                select j.name, j.concurrency_key as key from mayfly.job j
                where j.held and (j.name, j.concurrency_key) > (g.name, g.key) order by j.name, j.concurrency_key limit 1
              ) as n
            )
            select g.name, g.key, first.running_limit - now_running.count as room from groups g
            cross join lateral (
              select j.running_limit from mayfly.job j
              where j.held and j.name = g.name and j.concurrency_key = g.key order by j.priority desc, j.ready_at, j.id limit 1
            ) as first
            cross join lateral (
              select count(*)::integer from mayfly.job j
              where j.claim_id is not null and j.running_limit is not null and j.name = g.name and j.concurrency_key = g.key
            ) as now_running
            where first.running_limit > now_running.count
            limit 1000
          loop
            if pg_try_advisory_xact_lock(hashtextextended(room.name || chr(31) || room.key, 7382)) then
              perform mayfly.let_in(room.name, room.key, least(room.room, most));
            end if;
          end loop;
        when 'claims' then
          -- Ids are made in order, so the oldest claims are the first ones. No client repeats a call after more than an hour.
          delete from mayfly.claim c
          where c.id = any (array(
            select o.id from mayfly.claim o
            where o.id < mayfly.uuid7_floor(now() - interval '1 hour') and o.at < now() - interval '1 hour'
            order by o.id limit 5000 for update skip locked
          ));
          get diagnostics forgotten = row_count;
          more := more or forgotten = 5000;
        when 'idempotency keys' then
          delete from mayfly.idempotency_key k
          where k.ctid = any (array(
            select o.ctid from mayfly.idempotency_key o where o.at < now() - interval '1 day' order by o.at limit 5000 for update skip locked
          ));
          get diagnostics forgotten = row_count;
          more := more or forgotten = 5000;
        when 'tallies' then
          more := mayfly.add_up_tallies(10000) >= 10000 or more;
        when 'costs' then
          more := mayfly.add_up_costs(10000) >= 10000 or more;
          if options ->> 'cost' is not null then
            perform mayfly.note_cost(options -> 'cost');
          end if;
        when 'retention' then
          if options ->> 'retention_days' is not null then
            foreach slot in array mayfly.result_slots_past((options ->> 'retention_days')::integer) loop
              perform mayfly.empty_result_slot(slot);
            end loop;
          end if;
      end case;
    exception when others then
      failed := failed || jsonb_build_array(jsonb_build_array(duty, sqlstate, sqlerrm));
    end;
  end loop;

  ready := exists (
    select from unnest(queues) as q(name)
    -- A value: joined, the index might be read whole.
    where (select true from mayfly.job j where j.state = 'ready' and j.queue = q.name limit 1)
      and not exists (select from mayfly.queue p where p.name = q.name and p.paused_at is not null)
  );
  next_due := (select j.run_at from mayfly.job j where j.state = 'scheduled' and not j.held order by j.run_at limit 1);
  return next;
end
$$;
