-- Result slots that hold rows, and those of them that have fallen out of retention. $1 days integer. One row.
select count(*) as used, count(*) filter (where s.slot = any (mayfly.result_slots_past($1::integer))) as past
from generate_series(0, 31) as s(slot)
where pg_relation_size(format('mayfly.result_%s', lpad(s.slot::text, 2, '0'))::regclass) > 0
