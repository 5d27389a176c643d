-- mayfly.turn_scan_head: the next ready jobs of each of these queues, in order, without locks.
-- upto: at most this many of each queue; marks: where to start, see mayfly.watermarks. Only for an equal priority can
-- every version of Postgres start at a time within the index.
-- Postgres inlines this function into the statement that calls it.
-- indexes: ready_next
create function mayfly.turn_scan_head(queues text[], marks mayfly.watermarks, upto integer)
returns table (tid tid, queue text, priority smallint, ready_at timestamptz)
language sql stable
as $$
  select p.tid, p.queue, p.priority, p.ready_at
  from unnest(queues) as q(name)
  cross join lateral (
    select h.tid, h.queue, h.priority, h.ready_at
    from unnest((marks).least, (marks).most, (marks).since) as m(least, most, since)
    cross join lateral (
      (
        select r.ctid as tid, r.queue, r.priority, r.ready_at
        from mayfly.ready r
        where m.least = m.most and r.queue = q.name and r.priority = m.least and r.ready_at >= m.since
        order by r.ready_at
        limit upto
      )
      union all
      (
        select r.ctid, r.queue, r.priority, r.ready_at
        from mayfly.ready r
        where m.least <> m.most and r.queue = q.name and r.priority between m.least and m.most and r.ready_at >= m.since
        order by r.priority desc, r.ready_at
        limit upto
      )
    ) as h
    limit upto
  ) as p
$$;
