-- mayfly.result_slots_past: the slots that hold results from before this many days, and nothing newer.
create function mayfly.result_slots_past(days integer) returns smallint[]
language sql stable
as $$
  select array(
    select ((floor(extract(epoch from now()) / 86400)::bigint - back) % 32)::smallint
    -- The day that has begun is kept whole, and the slot of tomorrow is the oldest one.
    from generate_series(least(greatest(days, 1), 30) + 1, 31) as back
  )
$$;
