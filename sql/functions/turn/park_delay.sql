-- mayfly.park_delay: how long a job that cannot be run here is parked, given how often it was parked before. Longer
-- each time, up to an hour.
create function mayfly.park_delay(parked smallint) returns interval
language sql immutable parallel safe
as $$
  select least(interval '1 hour', interval '1 minute' * power(2, least(coalesce(parked, 0), 6)))
$$;
