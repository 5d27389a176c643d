-- mayfly.turn_lock_queue: mayfly.turn_lock_head for one queue. taken: rows that this turn has locked already.
-- head: the rows; bytes: of their large payloads
-- locks: rows with skip locked
-- indexes: ready_next
create function mayfly.turn_lock_queue(
  queue text, marks mayfly.watermarks, wanted integer, taken tid[], out head tid[], out bytes bigint
)
language plpgsql volatile
as $$
declare
  more record;
begin
  head := '{}';
  bytes := 0;
  for nth in 1..cardinality((marks).least) loop
    if (marks).least[nth] = (marks).most[nth] then
      select array_agg(l.tid) as tids, sum(l.bytes) as bytes into more
      from (
        select r.ctid as tid, r.bytes from mayfly.ready r
        where r.queue = turn_lock_queue.queue and r.priority = (marks).least[nth] and r.ready_at >= (marks).since[nth]
          and r.ctid <> all (taken)
        order by r.ready_at
        limit wanted - cardinality(head)
        for update skip locked
      ) as l;
    else
      select array_agg(l.tid) as tids, sum(l.bytes) as bytes into more
      from (
        select r.ctid as tid, r.bytes from mayfly.ready r
        where r.queue = turn_lock_queue.queue and r.priority between (marks).least[nth] and (marks).most[nth]
          and r.ready_at >= (marks).since[nth] and r.ctid <> all (taken)
        order by r.priority desc, r.ready_at
        limit wanted - cardinality(head)
        for update skip locked
      ) as l;
    end if;
    head := head || more.tids;
    bytes := bytes + coalesce(more.bytes, 0);
    exit when cardinality(head) >= wanted;
  end loop;
end
$$;
