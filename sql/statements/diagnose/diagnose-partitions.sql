-- The ring of partitions. $1 days integer: retention. One row: used, partitions that hold rows; past, those of them
-- that retention should have emptied more than a day ago; stragglers, live jobs whose partition was closed more than a
-- day ago, which keep it from being emptied. All live jobs are read.
select
  count(*) as used,
  count(*) filter (where p.number = any (mayfly.closed_partitions($1::integer + 1))) as past,
  (select count(*) from mayfly.live l where l.partition = any (mayfly.closed_partitions(1))) as stragglers
from generate_series(0, mayfly.far() - 1) as p(number)
where pg_relation_size(format('mayfly.job_%s', lpad(p.number::text, 2, '0'))::regclass) > 0
  or pg_relation_size(format('mayfly.result_%s', lpad(p.number::text, 2, '0'))::regclass) > 0
