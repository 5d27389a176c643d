-- mayfly.partition_last_day: the last of the four days whose ids a partition of the ring holds in this round, counted
-- from 1970. A round begins a day early, since clients' clocks may be so much ahead.
create function mayfly.partition_last_day(partition integer, today integer) returns integer
language sql immutable parallel safe
as $$
  select ((today + 1) / 4 - (((today + 1) / 4 - partition) % 12 + 12) % 12) * 4 + 3
$$;
