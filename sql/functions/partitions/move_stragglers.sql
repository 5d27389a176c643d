-- mayfly.move_stragglers: move jobs that are still live from closed partitions to far, so that the partition can be
-- truncated on its day. The live row is locked first and updated last: a claim never reads a job where it no longer is.
-- A slice; returns how many moved.
-- An enqueue of the same id waits for this, and then finds it in far: see mayfly.insert_jobs. That function reads far
-- only for ids that are not from about today. An id from the future becomes one of today later, so its job stays where
-- it is.
-- A job that waits only for its hook stays, too: it gets no later result by which retention could find it in far.
-- locks: live rows with skip locked
-- indexes: ready_pkey, scheduled_pkey, running_pkey, of ids that are older than two days
create function mayfly.move_stragglers(upto integer) returns integer
language plpgsql volatile
as $$
declare
  closed smallint[] := mayfly.closed_partitions(0);
  young uuid := mayfly.uuid7_floor(date_bin('1 day', now(), 'epoch') - interval '2 days');
  place text;
  moved integer;
  total integer := 0;
begin
  foreach place in array array['ready', 'scheduled', 'running'] loop
    execute format('
      with chosen as materialized (
        select l.id from mayfly.%1$I l
        where l.id < $1 and l.partition = any ($2) and l.ended is not true
        order by l.id
        limit $3
        for update skip locked
      ), moved as (
        update mayfly.job j set partition = mayfly.far() from chosen c where j.partition = any ($2) and j.id = c.id
      )
      update mayfly.%1$I l set partition = mayfly.far() from chosen c where l.id = c.id', place)
    using young, closed, upto;
    get diagnostics moved = row_count;
    total := total + moved;
  end loop;
  return total;
end
$$;
