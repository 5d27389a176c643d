-- mayfly.turn_lock_queue: mayfly.turn_lock_head for one queue. taken: rows that this turn has locked already.
-- locks: rows with skip locked
-- indexes: ready_next
create function mayfly.turn_lock_queue(queue text, marks mayfly.watermarks, wanted integer, taken tid[]) returns tid[]
language plpgsql volatile
as $$
declare
  head tid[] := '{}';
begin
  for nth in 1..cardinality((marks).least) loop
    if (marks).least[nth] = (marks).most[nth] then
      head := head || array(
        select r.ctid from mayfly.ready r
        where r.queue = turn_lock_queue.queue and r.priority = (marks).least[nth] and r.ready_at >= (marks).since[nth]
          and r.ctid <> all (taken)
        order by r.ready_at
        limit wanted - cardinality(head)
        for update skip locked
      );
    else
      head := head || array(
        select r.ctid from mayfly.ready r
        where r.queue = turn_lock_queue.queue and r.priority between (marks).least[nth] and (marks).most[nth]
          and r.ready_at >= (marks).since[nth] and r.ctid <> all (taken)
        order by r.priority desc, r.ready_at
        limit wanted - cardinality(head)
        for update skip locked
      );
    end if;
    exit when cardinality(head) >= wanted;
  end loop;
  return head;
end
$$;
