-- Attempts that finished since a time, added up three ways: by step of time and outcome, by how long they waited, by how long they ran.
-- $1 back_ms bigint, $2 step_ms bigint: from the step that began so long ago; $3 queue text, null for all. A row each: kind, at (the step, in milliseconds),
-- outcome, step (see mayfly.duration_step), attempts, retries.
-- indexes: tally_at
select case when grouping(s.outcome) = 0 then 'throughput' when grouping(s.waited) = 0 then 'wait' else 'run' end as kind,
  s.at, s.outcome, coalesce(s.waited, s.ran) as step, sum(s.attempts) as attempts, sum(s.retries) as retries
from (
  select floor(date_part('epoch', t.at) * 1000 / $2::bigint)::bigint * $2::bigint as at, t.outcome, t.waited, t.ran, t.attempts, t.retries
  from mayfly.tally t
  where t.span in ('turn', 'minute', 'quarter', 'hour')
    and t.at >= to_timestamp(floor((extract(epoch from now()) * 1000 - $1::bigint) / $2::bigint) * $2::bigint / 1000)
    and ($3::text is null or t.queue = $3::text)
) as s
group by grouping sets ((s.at, s.outcome), (s.waited), (s.ran))
