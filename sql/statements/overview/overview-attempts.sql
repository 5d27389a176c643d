-- Attempts that finished since a time, added up three ways: by step of time and outcome, by how long they waited, by
-- how long they ran. $1 back_ms bigint, $2 step_ms bigint: from the step that began so long ago; $3 queue text, null
-- for all. A row each: kind, at (the step, in milliseconds), outcome, bucket (see mayfly.duration_bucket), attempts,
-- retries.
-- indexes: attempt_counts_at
select
  case when grouping(s.outcome) = 0 then 'throughput' when grouping(s.waited) = 0 then 'wait' else 'run' end as kind,
  s.at,
  s.outcome,
  coalesce(s.waited, s.ran) as bucket,
  sum(s.attempts) as attempts,
  sum(s.retries) as retries
from (
  select
    floor(date_part('epoch', c.at) * 1000 / $2::bigint)::bigint * $2::bigint as at,
    c.outcome,
    c.waited,
    c.ran,
    c.attempts,
    c.retries
  from mayfly.attempt_counts c
  where c.span in ('turn', 'minute', 'quarter', 'hour')
    and c.at >= to_timestamp(floor((extract(epoch from now()) * 1000 - $1::bigint) / $2::bigint) * $2::bigint / 1000)
    and ($3::text is null or c.queue = $3::text)
) as s
group by grouping sets ((s.at, s.outcome), (s.waited), (s.ran))
