-- mayfly.patience: how long a job that cannot be run stays aside, having been set aside this often before. Longer each time, up to an hour.
create function mayfly.patience(parked smallint) returns interval
language sql immutable parallel safe
as $$
  select least(interval '1 hour', interval '1 minute' * power(2, least(parked, 6)))
$$;
