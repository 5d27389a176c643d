-- mayfly.turn_v1_head: lock and name the next jobs of these queues, by priority, then by when they became ready; fewer than wanted: there are no more.
-- ranges: where to look, see mayfly.turn_v1_ranges. wanted: at most this many.
-- locks: rows with skip locked, hardly one that is not taken
-- indexes: job_ready
create function mayfly.turn_v1_head(queues text[], ranges mayfly.turn_v1_ranges, wanted integer) returns tid[]
language plpgsql volatile
as $$
declare
  share_queues text[] := queues;
  share_takes integer[] := array[wanted];
  counted integer := wanted;
  tids tid[] := '{}';
begin
  if cardinality(queues) > 1 then
    -- How many from which queue: looked up without locks.
    select coalesce(array_agg(s.queue), '{}'), coalesce(array_agg(s.take), '{}'), coalesce(sum(s.take), 0)
    into share_queues, share_takes, counted from (
      select n.queue, count(*)::integer as take from (
        select p.queue from mayfly.turn_v1_peek(queues, ranges, wanted) as p order by p.priority desc, p.ready_at, p.id limit wanted
      ) as n group by n.queue
    ) as s;
  end if;
  loop
    tids := tids || array(
      select t.tid from unnest(share_queues, share_takes) as q(name, take) cross join lateral (
        select h.tid from unnest((ranges).least, (ranges).most, (ranges).since) as r(least, most, since) cross join lateral (
          select x.tid from (
            select j.ctid as tid from mayfly.job j
            where r.least = r.most and j.state = 'ready' and j.queue = q.name and j.priority = r.least and j.ready_at >= r.since and j.ctid <> all (tids)
            order by j.ready_at, j.id limit q.take for update skip locked
          ) as x
          union all
          select x.tid from (
            select j.ctid as tid from mayfly.job j
            where r.least <> r.most and j.state = 'ready' and j.queue = q.name and j.priority between r.least and r.most and j.ready_at >= r.since
              and j.ctid <> all (tids)
            order by j.priority desc, j.ready_at, j.id limit q.take for update skip locked
          ) as x
        ) as h limit q.take
      ) as t limit wanted - cardinality(tids)
    );
    exit when cardinality(queues) <= 1 or cardinality(tids) >= counted;
    -- Another worker holds what was counted on: take what is left anywhere, once.
    share_queues := queues;
    share_takes := array_fill(wanted - cardinality(tids), array[cardinality(queues)]);
    counted := 0;
  end loop;
  return tids;
end
$$;
