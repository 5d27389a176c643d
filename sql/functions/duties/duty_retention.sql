-- mayfly.duty_retention: remove what is older than retention, once an hour: truncate partitions that are past it, and delete from those that could not be truncated for
-- two days, and from far, row by row. Returns how many rows were deleted. retention_days null: nothing is removed.
-- locks: as mayfly.truncate_partition; rows with skip locked
create function mayfly.duty_retention(upto integer, retention_days integer) returns integer
language plpgsql volatile
as $$
declare
  part smallint;
  deleted integer := 0;
begin
  if retention_days is null or not mayfly.is_due('retention', interval '1 hour') then
    return 0;
  end if;
  foreach part in array mayfly.closed_partitions(retention_days) loop
    if mayfly.truncate_partition(part, retention_days) in ('live', 'young', 'busy') and part = any (mayfly.closed_partitions(retention_days + 2)) then
      deleted := greatest(deleted, mayfly.delete_past(part, retention_days, upto));
    end if;
  end loop;
  return greatest(deleted, mayfly.delete_past(mayfly.far(), retention_days, upto));
end
$$;
