-- mayfly.runs_here: whether a worker of this capacity can run a job of this name and time-out.
create function mayfly.runs_here(name text, timeout_ms integer, names text[], max_timeout_ms bigint) returns boolean
language sql immutable
as $$
  select name = any (names) and (timeout_ms <= max_timeout_ms) is not false
$$;
