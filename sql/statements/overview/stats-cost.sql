-- What the queue itself cost in the last 24 hours, and for how long it kept a database awake that sleeps once nobody has asked it for a while:
-- $1 suspend_ms bigint. To the minute. One row.
-- indexes: cost_at
select coalesce(sum(m.round_trips), 0) as round_trips, coalesce(sum(m.jobs), 0) as jobs, coalesce(sum(m.bytes), 0) as bytes, coalesce(sum(m.ms), 0) as ms,
  coalesce(sum(least(extract(epoch from m.next - m.at) * 1000, $1::bigint)), 0)::bigint as awake_ms
from (
  select b.at, b.round_trips, b.jobs, b.bytes, b.ms, coalesce(lead(b.at) over (order by b.at), now()) as next
  from (
    select date_bin('1 minute', c.at, 'epoch') as at, sum(c.round_trips) as round_trips, sum(c.jobs) as jobs, sum(c.bytes) as bytes, sum(c.ms) as ms
    from mayfly.cost c where c.span in ('call', 'minute') and c.at >= now() - interval '24 hours' group by 1
  ) as b
) as m
