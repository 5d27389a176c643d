-- mayfly.partition_of: the partition of a job and its results, a function of the id alone: a repeat of an id, whenever
-- it comes and whatever it asks for, meets the same primary key. The ring has twelve partitions of four days: 48 days,
-- enough for a retention of 30.
create function mayfly.partition_of(id uuid) returns smallint
language sql immutable parallel safe
as $$
  select coalesce((mayfly.id_day(id) / 4 % 12)::smallint, mayfly.far())
$$;
