-- mayfly.runs_here: whether a worker of this capacity can run a job of this name and time-out, or its hook. A hook has
-- the time-out of its definition, which fits where the name is given.
create function mayfly.runs_here(name text, hook text, timeout_ms integer, capacity mayfly.capacity) returns boolean
language sql immutable
as $$
  select name = any ((capacity).names) and (hook is not null or (timeout_ms <= (capacity).max_timeout_ms) is not false)
$$;
