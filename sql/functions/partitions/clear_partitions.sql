-- mayfly.clear_partitions: truncate the partitions that have been closed for more than so many days.
-- returns: emptied, how many were truncated; kept, how many have rows and could not be
-- locks: as mayfly.truncate_partition
create function mayfly.clear_partitions(days integer, out emptied integer, out kept integer)
language sql volatile
as $$
  select count(*) filter (where t.outcome = 'emptied'), count(*) filter (where t.outcome not in ('emptied', 'empty'))
  from (
    select mayfly.truncate_partition(c.part, days) as outcome
    from unnest(mayfly.closed_partitions(days)) as c(part) offset 0
  ) as t
$$;
