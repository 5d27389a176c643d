-- How many live jobs of each name and key wait and run. $1 jsonb: [{name, key}], key null: the whole name. A row each,
-- in order.
-- indexes: held_key_pkey, running_pkey
select c.pending, c.running
from rows from (jsonb_to_recordset($1::jsonb) as (name text, key text)) with ordinality as g(name, key, nth)
cross join lateral mayfly.live_count(g.name, g.key, null) as c
order by g.nth
