-- mayfly.record_usage: keep what a caller's calls have cost, this call included. usage: {round_trips, jobs, bytes, ms};
-- null: nothing to keep.
create function mayfly.record_usage(usage json) returns void
language sql volatile
as $$
  insert into mayfly.usage (round_trips, jobs, bytes, ms)
  select u.round_trips, u.jobs, u.bytes, u.ms
  from json_to_record(usage) as u(round_trips integer, jobs integer, bytes bigint, ms bigint)
  where usage is not null
$$;
