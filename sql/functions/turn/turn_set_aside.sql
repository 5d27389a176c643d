-- mayfly.turn_set_aside: handle the ready jobs that a turn has locked and cannot simply start. End the expired ones,
-- start jobs with a running limit while it has room, and move the others out of the way, together with their like right
-- behind them.
-- claimed: how many were started; set_aside: how many no turn will meet again; busy: see mayfly.turn_claim_limited
-- locks: lock rows of running limits, and rows, with skip locked; keys of expired jobs
-- indexes: ready_next, lock_row_pkey, running_limited
create function mayfly.turn_set_aside(
  tids tid[], worker uuid, claim uuid, queues text[], marks mayfly.watermarks, capacity mayfly.capacity,
  out claimed integer, out set_aside integer, out busy boolean
)
language plpgsql volatile
as $$
declare
  limited record;
  behind tid[];
begin
  set_aside := mayfly.cancel_waiting(
    array(select r.id from mayfly.ready r where r.ctid = any (tids) and (r.expires_at <= now()) is true and r.hook is null),
    'ExpiredError',
    'expired before it ran'
  );
  limited := mayfly.turn_claim_limited(tids, worker, claim, capacity);
  claimed := limited.claimed;
  busy := limited.busy;
  if limited.full_limits = '{}' and not ((capacity).park and exists (
    select from mayfly.ready r
    where r.ctid = any (tids) and not mayfly.runs_here(r.name, r.hook, r.timeout_ms, capacity)
  )) then
    return;
  end if;
  behind := array(
    select r.ctid
    from mayfly.turn_scan_head(queues, marks, 1000) as h
    join mayfly.ready r on r.ctid = h.tid
    where (capacity).park and not mayfly.runs_here(r.name, r.hook, r.timeout_ms, capacity)
      or r.running_limit is not null and jsonb_build_array(r.name, r.held_key) = any (limited.full_limits)
    for update of r skip locked
  );
  set_aside := set_aside + mayfly.turn_wait(tids || behind, capacity, limited.full_limits);
end
$$;
