-- mayfly.turn_presence: write how a worker leaves a turn: whether it listens for new jobs, what its calls have cost,
-- and that it signs off once nothing runs under it.
-- claimed: how many jobs this turn claimed; listens: what the worker's row says; presence: see mayfly.turn_v1
-- locks: the worker's row, with skip locked: a rescue or a repeat that holds it writes the same
-- indexes: worker_pkey, running_worker
create function mayfly.turn_presence(worker uuid, claimed integer, slots integer, listens boolean,
  presence json) returns void
language plpgsql volatile
as $$
begin
  -- A rescue may have deleted this worker while the turn waited for a lock: without a row the claim would be taken for
  -- a dead worker's. A row that
  -- is there is left alone: a rescue may hold it, and wait for what this turn holds.
  if claimed > 0 and (select true from mayfly.worker w where w.id = worker) is null then
    perform mayfly.turn_heartbeat(worker, presence);
  end if;
  if presence ->> 'listen' is not null and listens <> (claimed < slots and (presence ->> 'listen')::boolean) then
    update mayfly.worker w set listening = not listens
    where w.id = (select o.id from mayfly.worker o where o.id = worker for update skip locked);
  end if;
  perform mayfly.record_usage(presence -> 'usage');
  if claimed = 0 and (presence ->> 'leave')::boolean then
    update mayfly.worker w set left_at = now(), listening = false
    where w.id = (select o.id from mayfly.worker o where o.id = worker for update skip locked)
      and (select true from mayfly.running r where r.worker_id = worker limit 1) is null;
  end if;
end
$$;
