-- mayfly.note_cost: keep what a caller tells of its calls, this one included. cost: {round_trips, jobs, bytes, ms}; null: it tells nothing.
create function mayfly.note_cost(cost json) returns void
language sql volatile
as $$
  insert into mayfly.cost (round_trips, jobs, bytes, ms)
  select c.round_trips, c.jobs, c.bytes, c.ms from json_to_record(cost) as c(round_trips integer, jobs integer, bytes bigint, ms bigint)
  where cost is not null
$$;
