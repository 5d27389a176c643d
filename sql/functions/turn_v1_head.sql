-- mayfly.turn_v1_head: lock and name the next jobs of these queues, by priority, then by when they became ready.
-- marks: see mayfly.turn_v1. wanted: at most this many
-- locks: rows with skip locked, none that is not taken
-- indexes: job_ready
create function mayfly.turn_v1_head(queues text[], marks json, wanted integer) returns tid[]
language plpgsql volatile
as $$
declare
  exacts smallint[];
  mosts smallint[];
  leasts smallint[];
  froms timestamptz[];
  share_queues text[] := queues;
  share_takes integer[] := array[wanted];
  taken tid[];
begin
  -- One range for each priority with a mark, which starts there, and one for each gap between them. Only an equal
  -- priority lets the index start at a time.
  select array_agg(r.exact order by r.most desc), array_agg(r.most order by r.most desc), array_agg(r.least order by r.most desc), array_agg(r.mark order by r.most desc)
  into exacts, mosts, leasts, froms from (
    select m.key::smallint as exact, m.key::integer as most, m.key::integer as least, m.value::timestamptz as mark from json_each_text(marks) as m
    union all
    select null, lag(m.key::integer, 1, 32768) over (order by m.key::integer desc) - 1, m.key::integer + 1, '-infinity' from json_each_text(marks) as m
    union all
    select null, coalesce(min(m.key::integer), 32768) - 1, -32768, '-infinity' from json_each_text(marks) as m
  ) as r where r.most >= r.least;

  if cardinality(queues) > 1 then
    -- How many from which queue: looked up without locks.
    select array_agg(share.queue), array_agg(share.take) into share_queues, share_takes from (
      select head.queue, count(*)::integer as take from (
        select h.queue from unnest(queues) as q(name) cross join unnest(exacts, mosts, leasts, froms) as r(exact, most, least, mark) cross join lateral (
          (
            select j.queue, j.priority, j.ready_at, j.id from mayfly.job j
            where j.state = 'ready' and j.queue = q.name and j.priority = r.exact and j.ready_at >= r.mark
            order by j.ready_at, j.id limit wanted
          )
          union all
          (
            select j.queue, j.priority, j.ready_at, j.id from mayfly.job j
            where r.exact is null and j.state = 'ready' and j.queue = q.name and j.priority between r.least and r.most
            order by j.priority desc, j.ready_at, j.id limit wanted
          )
        ) as h order by h.priority desc, h.ready_at, h.id limit wanted
      ) as head group by head.queue
    ) as share;
  end if;

  taken := array(
    select t.tid from unnest(share_queues, share_takes) as q(name, take) cross join lateral (
      select h.tid from unnest(exacts, mosts, leasts, froms) as r(exact, most, least, mark) cross join lateral (
        select x.tid from (
          select j.ctid as tid from mayfly.job j
          where j.state = 'ready' and j.queue = q.name and j.priority = r.exact and j.ready_at >= r.mark
          order by j.ready_at, j.id limit q.take for update skip locked
        ) as x
        union all
        select x.tid from (
          select j.ctid as tid from mayfly.job j
          where r.exact is null and j.state = 'ready' and j.queue = q.name and j.priority between r.least and r.most
          order by j.priority desc, j.ready_at, j.id limit q.take for update skip locked
        ) as x
      ) as h limit q.take
    ) as t
  );
  if cardinality(queues) > 1 and cardinality(taken) < wanted then
    -- Another worker holds what was counted on: take what is left anywhere.
    taken := taken || array(
      select t.tid from unnest(queues) as q(name) cross join lateral (
        select j.ctid as tid from mayfly.job j
        where j.state = 'ready' and j.queue = q.name and j.ctid <> all (taken)
        order by j.priority desc, j.ready_at, j.id limit wanted - cardinality(taken) for update skip locked
      ) as t limit wanted - cardinality(taken)
    );
  end if;
  return taken;
end
$$;
