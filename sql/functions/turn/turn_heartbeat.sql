-- mayfly.turn_heartbeat: renew the heartbeat of a worker, and insert its row where it has none. Returns whether the
-- worker listens. The row is not written at every turn: under an old snapshot each version of it stays, and the next
-- write passes them all.
-- presence: see mayfly.turn_v1
-- locks: the worker's row
-- indexes: worker_pkey
create function mayfly.turn_heartbeat(worker uuid, presence json) returns boolean
language plpgsql volatile
as $$
declare
  listens boolean;
  interval_ms bigint := coalesce((presence ->> 'heartbeat_ms')::bigint, 5000);
begin
  select w.listening into listens from mayfly.worker w
  where w.id = worker and w.left_at is null and w.heartbeat_at > now() - interval_ms * interval '1 millisecond';
  if not found then
    insert into mayfly.worker as w (id, queues, runtime, host, deadline_at)
    values (
      worker,
      array(select json_array_elements_text(presence -> 'queues')),
      presence ->> 'runtime',
      presence ->> 'host',
      (presence ->> 'deadline_at')::timestamptz
    )
    on conflict on constraint worker_pkey do update
    set heartbeat_at = now(), left_at = null, queues = excluded.queues, deadline_at = excluded.deadline_at
    returning w.listening into listens;
  end if;
  return listens;
end
$$;
