-- mayfly.far: the partition beyond the ring. It takes ids that tell no day, and jobs that outlive the partition of theirs.
create function mayfly.far() returns smallint
language sql immutable parallel safe
as $$
  select 12::smallint
$$;
