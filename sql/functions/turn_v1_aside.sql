-- mayfly.turn_v1_aside: a closer look at jobs that a turn has locked and could not simply start.
-- Ends the expired, starts those with a running limit while there is room, and sets aside, like those behind them at the head, what
-- has to wait for room (held) or cannot be run here (parked). Parameters as of mayfly.turn_v1; tids: the jobs; ranges: where they were
-- found; names_hooked: options.hooked.
-- aside: how many will not be met again; busy: another transaction counts the same running limit right now
-- locks: running limits only where they are free; rows with skip locked
-- indexes: job_ready, job_capped
create function mayfly.turn_v1_aside(
  tids tid[], worker uuid, claim uuid, queues text[], ranges mayfly.turn_v1_ranges, names text[], fits_ms bigint, parks boolean, names_hooked text[],
  out claimed integer, out aside integer, out busy boolean
)
language plpgsql volatile
as $$
declare
  room record;
  lock bigint;
  running integer;
  entered integer;
  full_limits bigint[] := '{}';
  head tid[];
begin
  claimed := 0;
  busy := false;
  aside := mayfly.end_waiting(
    array(select j.ctid from mayfly.job j where j.ctid = any (tids) and j.expires_at <= now() and j.hook is null),
    'ExpiredError', 'expired before it ran'
  );

  for room in
    select j.name, j.concurrency_key as key, max(j.running_limit) as most, array_agg(j.ctid order by j.priority desc, j.ready_at, j.id) as tids
    from (
      -- Of its own, lest the order ask for an index on ids.
      select l.ctid, l.id, l.name, l.concurrency_key, l.running_limit, l.priority, l.ready_at from mayfly.job l
      where l.ctid = any (tids) and l.running_limit is not null and l.name = any (names) and (l.timeout_ms <= fits_ms) is not false offset 0
    ) as j
    group by j.name, j.concurrency_key
  loop
    lock := hashtextextended(room.name || chr(31) || room.key, 7382);
    if not pg_try_advisory_xact_lock(lock) then
      busy := true;
      continue;
    end if;
    select count(*) into running from mayfly.job j
    where j.claim_id is not null and j.running_limit is not null and j.name = room.name and j.concurrency_key = room.key;
    update mayfly.job j
    set state = 'running', worker_id = turn_v1_aside.worker, claim_id = turn_v1_aside.claim, started_at = now(), parked = 0,
      hooked = j.name = any (names_hooked),
      attempt = case when j.hook is null then j.attempt + 1 else j.attempt end, hook_tries = case when j.hook is null then 0 else j.hook_tries + 1 end
    where j.ctid = any (room.tids[1:greatest(room.most - running, 0)]);
    get diagnostics entered = row_count;
    claimed := claimed + entered;
    if running + entered >= room.most then
      full_limits := full_limits || lock;
    end if;
  end loop;

  if full_limits = '{}' and not (parks and exists (
    select from mayfly.job j where j.ctid = any (tids) and not (j.name = any (names) and (j.timeout_ms <= fits_ms) is not false)
  )) then
    return;
  end if;
  head := tids || array(
    select j.ctid from mayfly.turn_v1_peek(queues, ranges, 1000) as h join mayfly.job j on j.ctid = h.tid
    where (parks and not (j.name = any (names) and (j.timeout_ms <= fits_ms) is not false))
      or (j.running_limit is not null and hashtextextended(j.name || chr(31) || j.concurrency_key, 7382) = any (full_limits))
    for update of j skip locked
  );
  -- They keep their place in the order.
  update mayfly.job j set state = 'scheduled', held = true
  where j.ctid = any (head) and j.running_limit is not null
    and hashtextextended(j.name || chr(31) || j.concurrency_key, 7382) = any (full_limits);
  get diagnostics entered = row_count;
  aside := aside + entered;
  if parks then
    -- A hook that nobody can run is given up after about a day.
    delete from mayfly.job j
    where j.ctid = any (head) and j.ended and j.parked >= 30 and not (j.name = any (names) and (j.timeout_ms <= fits_ms) is not false);
    get diagnostics entered = row_count;
    aside := aside + entered;
    -- These wait longer each time.
    update mayfly.job j
    set state = 'scheduled', parked = least(j.parked + 1, 100), run_at = now() + mayfly.patience(j.parked)
    where j.ctid = any (head) and not (j.name = any (names) and (j.timeout_ms <= fits_ms) is not false);
    get diagnostics entered = row_count;
    aside := aside + entered;
  end if;
end
$$;
