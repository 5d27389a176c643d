-- mayfly.far: the partition beyond the ring. It holds ids that name no day, and jobs that outlive their id's partition.
create function mayfly.far() returns smallint
language sql immutable parallel safe
as $$
  select 12::smallint
$$;
