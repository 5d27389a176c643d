-- mayfly.undo_jobs: delete rows that this transaction has just inserted, of jobs that were then refused: their ids are
-- free.
-- indexes: job_NN_pkey
create function mayfly.undo_jobs(ids uuid[]) returns void
language plpgsql volatile
as $$
declare
  part smallint;
begin
  for part in select distinct mayfly.partition_of(u.id) from unnest(ids) as u(id) loop
    -- A delete from mayfly.job would lock every partition, and wait wherever one is being truncated.
    case part
    --{ partition
      when {partition} then
        delete from mayfly.job_{partition} j where j.id = any (ids);
    --}
    end case;
  end loop;
end
$$;
