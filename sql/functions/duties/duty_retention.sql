-- mayfly.duty_retention: remove what is older than the retention. Rows are deleted from far, and from partitions that
-- could not be truncated for two days; then one partition is truncated, since its lock lasts until the transaction
-- ends. Returns how many rows were deleted; upto, where there may be more to truncate; null, where a reader was in the
-- way, so try again soon. retention_days null: nothing is removed.
-- locks: rows with skip locked; then as mayfly.truncate_partition
create function mayfly.duty_retention(upto integer, retention_days integer) returns integer
language plpgsql volatile
as $$
declare
  part smallint;
  deleted integer := 0;
  outcome text;
  busy boolean := false;
begin
  if retention_days is null then
    return 0;
  end if;
  foreach part in array mayfly.closed_partitions(retention_days + 2) || mayfly.far() loop
    deleted := greatest(deleted, mayfly.delete_past(part, retention_days, upto));
  end loop;
  foreach part in array mayfly.closed_partitions(retention_days) loop
    outcome := mayfly.truncate_partition(part, retention_days);
    if outcome = 'emptied' then
      return upto;
    end if;
    busy := busy or outcome = 'busy';
  end loop;
  return case when deleted >= upto or not busy then deleted end;
end
$$;
