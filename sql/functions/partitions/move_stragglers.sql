-- mayfly.move_stragglers: move jobs that still live from closed partitions to far, with their row in mayfly.job, so that the partition can be truncated on its
-- day. Their live row is locked first and changed last: a claim never reads a job where it no longer is. A slice; returns how many moved.
-- An enqueue of the same id waits for this, and then finds it in far: see mayfly.insert_jobs.
-- locks: live rows with skip locked
-- indexes: none: live tables are read whole, once an hour
create function mayfly.move_stragglers(upto integer) returns integer
language plpgsql volatile
as $$
declare
  closed smallint[] := mayfly.closed_partitions(0);
  place text;
  moved integer;
  total integer := 0;
begin
  foreach place in array array['ready', 'scheduled', 'running'] loop
    execute format('
      with chosen as materialized (
        select l.id from mayfly.%1$I l where l.partition = any ($1) limit $2 for update skip locked
      ), moved as (
        update mayfly.job j set partition = mayfly.far() from chosen c where j.partition = any ($1) and j.id = c.id
      )
      update mayfly.%1$I l set partition = mayfly.far() from chosen c where l.id = c.id', place)
    using closed, upto;
    get diagnostics moved = row_count;
    total := total + moved;
  end loop;
  return total;
end
$$;
