-- mayfly.turn_claim: claim what fits. Lock the head of ready, start what can be started at once, set the rest aside,
-- and go on behind it.
-- queues: the worker's queues that are not paused; marks: see mayfly.watermarks
-- claimed: how many jobs; set_aside, busy: see mayfly.turn_set_aside; exhausted: no more jobs are ready; left_behind:
-- [[priority, ready_at]] of jobs that were met and are still ready, so that no watermark passes them
-- locks: as mayfly.turn_lock_head and mayfly.turn_set_aside
-- indexes: ready_next, running_pkey
create function mayfly.turn_claim(
  worker uuid, claim uuid, slots integer, queues text[], capacity mayfly.capacity, marks mayfly.watermarks,
  out claimed integer, out set_aside integer, out busy boolean, out exhausted boolean, out left_behind json
)
language plpgsql volatile
as $$
declare
  next record;
  head tid[];
  met tid[] := '{}';
  exceeds boolean;
  started integer;
  bytes_left bigint := (capacity).max_bytes;
  rest record;
begin
  claimed := 0;
  set_aside := 0;
  busy := false;
  -- Again behind what had to be set aside.
  for round in 1..4 loop
    next := mayfly.turn_lock_head(queues, marks, slots - claimed);
    head := next.head;
    exhausted := cardinality(head) < slots - claimed;
    exit when head = '{}';
    exceeds := next.bytes > bytes_left;
    if exceeds then
      exhausted := false;
      met := met || head;
      head := mayfly.turn_fit_bytes(head, bytes_left, capacity, claimed = 0);
    end if;
    bytes_left := bytes_left - next.bytes;
    started := mayfly.turn_take(head, false, worker, claim, capacity);
    claimed := claimed + coalesce(started, 0);
    exit when started = cardinality(head);
    met := met || head;
    rest := mayfly.turn_set_aside(head, worker, claim, queues, marks, capacity);
    claimed := claimed + rest.claimed;
    set_aside := set_aside + rest.set_aside;
    busy := busy or rest.busy;
    exit when exceeds or claimed >= slots or rest.set_aside = 0 and started is not null;
  end loop;
  if met <> '{}' then
    left_behind := (
      select json_agg(json_build_array(l.priority, l.ready_at))
      from (
        select r.priority, min(r.ready_at) as ready_at
        from mayfly.ready r
        where r.ctid = any (met) and r.queue = any (queues)
        group by r.priority
      ) as l
    );
  end if;
end
$$;
