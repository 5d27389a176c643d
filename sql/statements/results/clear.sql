-- Empty the result slots from before $1 days integer. One row: emptied, and kept, which somebody was reading just now.
with tried as materialized (
  select pg_relation_size(format('mayfly.result_%s', lpad(s.slot::text, 2, '0'))::regclass) > 0 as used, mayfly.empty_result_slot(s.slot) as emptied
  from unnest(mayfly.result_slots_past($1::integer)) as s(slot)
)
select count(*) filter (where t.emptied) as emptied, count(*) filter (where t.used and not t.emptied) as kept from tried t
