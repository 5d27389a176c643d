-- mayfly.key_to_hold: the key of the row that a job has in mayfly.held_key while it is live; '' where it counts against
-- a limit, but has no key; null: it has no such row.
create function mayfly.key_to_hold(request mayfly.job_request) returns text
language sql immutable
as $$
  select case when (request).exclusive is not null then coalesce((request).key, '') end
$$;
