-- mayfly.duty_count: add up what turns and calls have counted. Returns how many rows went.
create function mayfly.duty_count(upto integer, retention_days integer) returns integer
language sql volatile
as $$
  select greatest(mayfly.roll_up_attempt_counts(upto), mayfly.roll_up_usage(upto))
$$;
