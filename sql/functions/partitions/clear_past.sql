-- mayfly.clear_past: remove the results that are older than so many days, and their jobs. Row by row, a slice of upto
-- rows, from partitions that are not yet closed for so long. Those that are, are truncated, last, since their locks
-- last until the transaction ends.
-- returns: emptied, how many partitions were truncated; kept, how many have rows and could not be; deleted, of how many
-- jobs results were deleted row by row, 0: no row is left to delete
-- locks: as mayfly.delete_past, then as mayfly.truncate_partition
create function mayfly.clear_past(
  days integer, upto integer, out emptied integer, out kept integer, out deleted integer
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  closed smallint[] := mayfly.closed_partitions(days);
  part smallint;
  outcome text;
begin
  emptied := 0;
  kept := 0;
  deleted := 0;
  foreach part in array array(
    select p.number::smallint from generate_series(0, mayfly.far()) as p(number)
    where p.number <> all (closed)
    order by p.number
  ) loop
    exit when deleted >= upto;
    deleted := deleted + mayfly.delete_past(part, days, upto - deleted);
  end loop;
  foreach part in array closed loop
    outcome := mayfly.truncate_partition(part, days);
    emptied := emptied + (outcome = 'emptied')::integer;
    kept := kept + (outcome not in ('emptied', 'empty'))::integer;
  end loop;
end
$$;
