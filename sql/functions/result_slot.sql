-- mayfly.result_slot: the partition of mayfly.result for attempts that finished at this time.
-- The day, modulo 32: retention truncates whole slots, at most 30 days back.
create function mayfly.result_slot(at timestamptz) returns smallint
language sql stable parallel safe
as $$
  select (floor(extract(epoch from at) / 86400)::bigint % 32)::smallint
$$;
