-- What the queue itself asked of the database in the last 24 hours, and for how long it kept one awake that sleeps once
-- nobody has asked it for a while: $1 suspend_ms bigint. To the minute. One row.
-- indexes: usage_at
select
  coalesce(sum(m.round_trips), 0) as round_trips,
  coalesce(sum(m.jobs), 0) as jobs,
  coalesce(sum(m.bytes), 0) as bytes,
  coalesce(sum(m.ms), 0) as ms,
  coalesce(sum(least(extract(epoch from m.next - m.at) * 1000, $1::bigint)), 0)::bigint as awake_ms
from (
  select b.at, b.round_trips, b.jobs, b.bytes, b.ms, coalesce(lead(b.at) over (order by b.at), now()) as next
  from (
    select
      date_bin('1 minute', u.at, 'epoch') as at,
      sum(u.round_trips) as round_trips,
      sum(u.jobs) as jobs,
      sum(u.bytes) as bytes,
      sum(u.ms) as ms
    from mayfly.usage u
    where u.span in ('call', 'minute') and u.at >= now() - interval '24 hours'
    group by 1
  ) as b
) as m
