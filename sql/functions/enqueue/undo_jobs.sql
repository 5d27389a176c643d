-- mayfly.undo_jobs: take back rows that this transaction has just written, of jobs that were then refused: their ids are free again.
-- indexes: job_NN_pkey
create function mayfly.undo_jobs(ids uuid[]) returns void
language sql volatile
as $$
  delete from mayfly.job j
  using unnest(ids) as u(id)
  where j.partition = mayfly.partition_of(u.id) and j.id = any (array[u.id])
$$;
