-- mayfly.orphan_workers: workers under whose id jobs run, and that have no row, so that no rescue would find them
-- stale.
-- A loose scan of the index: from each worker id to the next one.
-- indexes: running_worker, worker_pkey
create function mayfly.orphan_workers(asker uuid) returns setof uuid
language sql stable
as $$
  with recursive holder as (
    (select r.worker_id from mayfly.running r order by r.worker_id limit 1)
    union all
    select (select r.worker_id from mayfly.running r where r.worker_id > h.worker_id order by r.worker_id limit 1)
    from holder h
    where h.worker_id is not null
  )
  select h.worker_id
  from holder h
  where h.worker_id is not null and h.worker_id is distinct from asker
    and (select true from mayfly.worker w where w.id = h.worker_id) is null
$$;
