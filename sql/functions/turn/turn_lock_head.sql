-- mayfly.turn_lock_head: lock the next ready jobs of these queues, by priority, then by when they became ready.
-- marks: where to start, see mayfly.watermarks
-- head: the rows; fewer than wanted: no more jobs are ready; bytes: of their large payloads
-- locks: rows with skip locked, at most as many as wanted
-- indexes: ready_next
create function mayfly.turn_lock_head(
  queues text[], marks mayfly.watermarks, wanted integer, out head tid[], out bytes bigint
)
language plpgsql volatile
as $$
declare
  best text[] := queues;
  counted integer := 0;
  share record;
  queue text;
  more record;
begin
  if cardinality(queues) = 1 then
    select l.head, l.bytes into head, bytes from mayfly.turn_lock_queue(queues[1], marks, wanted, '{}') as l;
    return;
  end if;
  head := '{}';
  bytes := 0;
  -- The next jobs can only be of the queues whose first job comes first.
  if cardinality(queues) > wanted then
    best := array(
      select s.queue from mayfly.turn_scan_head(queues, marks, 1) as s order by s.priority desc, s.ready_at limit wanted
    );
  end if;
  -- How many from which queue is looked up without locks.
  for share in
    select n.queue, count(*)::integer as jobs
    from (
      select s.queue from mayfly.turn_scan_head(best, marks, wanted) as s order by s.priority desc, s.ready_at
      limit wanted
    ) as n
    group by n.queue
  loop
    counted := counted + share.jobs;
    more := mayfly.turn_lock_queue(share.queue, marks, share.jobs, head);
    head := head || more.head;
    bytes := bytes + more.bytes;
  end loop;
  if cardinality(head) < counted then
    -- Another worker holds what was counted on: take what is left anywhere, once.
    foreach queue in array queues loop
      exit when cardinality(head) >= wanted;
      more := mayfly.turn_lock_queue(queue, marks, wanted - cardinality(head), head);
      head := head || more.head;
      bytes := bytes + more.bytes;
    end loop;
  end if;
end
$$;
