-- mayfly.duty_count: add up the counts and the usage that turns and calls have written. Returns how many rows were
-- deleted.
create function mayfly.duty_count(upto integer, retention_days integer) returns integer
language sql volatile
as $$
  select greatest(mayfly.roll_up_attempt_counts(upto), mayfly.roll_up_usage(upto))
$$;
