-- mayfly.rescue_v1: declare the attempts of dead workers lost. A worker is dead once its heartbeat is too old, or when
-- it has no row. A job with attempts left, or whose handler has a hook, is ready again at once; any other has ended. A
-- slice; may be repeated.
--
-- stale_ms  a worker whose heartbeat is older than this is dead
-- upto      at most this many attempts
-- asker     the worker that asks, which counts as alive whatever its heartbeat says; or null
--
-- returns   one row. lost: attempts that were declared lost or cancelled; more: the slice was full; rescued: the
--           results that were written, as [[queue, name, outcome, count]]
--
-- locks     worker rows, then running rows, both with skip locked; then as mayfly.release, each for a second at most. A
--           worker that was only slow waits for its row, and then learns that its claims are lost
-- indexes   running_worker, worker_pkey, result_NN_pkey. All workers are read: they are few, and their rows go once
--           nothing runs under them
create function mayfly.rescue_v1(stale_ms bigint, upto integer, asker uuid)
returns table (lost integer, more boolean, rescued json)
language plpgsql volatile
set lock_timeout = '1s'
-- planner: pinned
as $$
declare
  silent uuid[];
  dead uuid[];
  rows_taken tid[];
  endings mayfly.ending[];
begin
  silent := array(
    select w.id from mayfly.worker w
    where w.heartbeat_at < now() - stale_ms * interval '1 millisecond' and w.id is distinct from asker
    order by w.heartbeat_at
    limit 1000
    for update skip locked
  );
  dead := silent || array(select o.worker_id from mayfly.orphan_workers(asker) as o(worker_id));
  lost := 0;
  if dead <> '{}' then
    select coalesce(array_agg(l.tid), '{}'), array_agg(l.ending) into rows_taken, endings
    from (
      select r.ctid as tid, mayfly.lost_attempt(r) as ending
      from mayfly.running r
      where r.worker_id = any (dead)
      limit upto
      for update skip locked
    ) as l;
    lost := cardinality(rows_taken);
  end if;
  if lost > 0 then
    delete from mayfly.running d where d.ctid = any (rows_taken);
    perform mayfly.release(mayfly.end_attempts(endings));
    rescued := (
      select json_agg(json_build_array(c.queue, c.name, c.outcome, c.count) order by c.queue, c.name, c.outcome)
      from (
        select (e.job).queue, (e.job).name, r.outcome, count(*)
        from unnest(endings) as e
        join mayfly.result r on r.partition = (e.job).partition and r.id = any (array[(e.job).id])
          and r.claim_id = (e.job).claim_id
        group by 1, 2, 3
      ) as c
    );
  end if;
  delete from mayfly.worker w
  where w.id = any (silent) and (select true from mayfly.running r where r.worker_id = w.id limit 1) is null;
  more := lost = upto or cardinality(silent) = 1000;
  return next;
end
$$;
