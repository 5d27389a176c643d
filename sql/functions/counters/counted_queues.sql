-- mayfly.counted_queues: the queues that have a counter of their own, at most 200, so that metrics have a bound: the
-- queues that mayfly.roll_up_attempt_counts has named, then the first that came since. All other queues are counted
-- together, as the queue (other).
-- indexes: attempt_counts_at; rows that turns left are read whole
create function mayfly.counted_queues() returns text[]
language sql stable
as $$
  with named as (
    select distinct c.queue
    from mayfly.attempt_counts c
    where c.span = 'ever' and c.queue <> '(other)'
  ), fresh as (
    select c.queue
    from mayfly.attempt_counts c
    where c.span = 'turn' and c.queue <> all (array(select n.queue from named n))
    group by c.queue
    order by min(c.number)
    limit (select greatest(200 - count(*), 0) from named)
  )
  select array(
    select n.queue from named n
    union all
    select f.queue from fresh f
  )
$$;
