-- mayfly.turn_v1_peek: the next jobs of each of these queues, in order, without locks. most: of each queue at most this many.
-- ranges: see mayfly.turn_v1_ranges.
-- Only an equal priority lets every Postgres start at a time within the index.
-- It becomes a part of the statement that calls it, which reads job_ready.
create function mayfly.turn_v1_peek(queues text[], ranges mayfly.turn_v1_ranges, wanted integer)
returns table (tid tid, queue text, priority smallint, ready_at timestamptz, id uuid)
language sql stable
as $$
  select p.tid, p.queue, p.priority, p.ready_at, p.id
  from unnest(queues) as q(name) cross join lateral (
    select h.tid, h.queue, h.priority, h.ready_at, h.id
    from unnest((ranges).least, (ranges).most, (ranges).since) as r(least, most, since) cross join lateral (
      (
        select j.ctid as tid, j.queue, j.priority, j.ready_at, j.id from mayfly.job j
        where r.least = r.most and j.state = 'ready' and j.queue = q.name and j.priority = r.least and j.ready_at >= r.since
        order by j.ready_at, j.id limit wanted
      )
      union all
      (
        select j.ctid, j.queue, j.priority, j.ready_at, j.id from mayfly.job j
        where r.least <> r.most and j.state = 'ready' and j.queue = q.name and j.priority between r.least and r.most and j.ready_at >= r.since
        order by j.priority desc, j.ready_at, j.id limit wanted
      )
    ) as h limit wanted
  ) as p
$$;
