-- mayfly.insert_jobs: insert the rows of these jobs, sorted by id. Returns the ids that are new, as the primary key of
-- their partition says. The job of an id that is not from about today may have been moved to far, so far is read, too,
-- once the row is inserted. Today is the clock's, also in a transaction that began days ago.
-- locks: ids, until every transaction that inserts the same id has ended
-- indexes: job_NN_pkey
create function mayfly.insert_jobs(jobs mayfly.new_job[]) returns uuid[]
language plpgsql volatile
as $$
declare
  job mayfly.new_job;
  entered uuid[] := '{}';
  moved uuid[];
  today integer := floor(extract(epoch from clock_timestamp()) / 86400);
begin
  if current_setting('transaction_isolation') = 'read committed' then
    with written as (
      insert into mayfly.job (id, partition, run_at, expires_at, {request})
      select j.id, j.partition, j.run_at, j.expires_at, {request of (j.request)}
      from unnest(jobs) as j
      on conflict do nothing
      returning id
    )
    select coalesce(array_agg(w.id), '{}') into entered from written w;
  else
    -- Here "on conflict" fails where it meets a row that the snapshot does not see; the violation itself says that the
    -- id is known.
    foreach job in array jobs loop
      begin
        insert into mayfly.job (id, partition, run_at, expires_at, {request})
        select job.id, job.partition, job.run_at, job.expires_at, {request of (job.request)};
        -- Nor does the snapshot see a job that has been moved to far since: its primary key does.
        if abs(mayfly.id_day(job.id) - today) > 1 then
          insert into mayfly.job (id, partition, name) values (job.id, mayfly.far(), (job.request).name);
          delete from mayfly.job j where j.partition = mayfly.far() and j.id = job.id;
        end if;
        entered := entered || job.id;
      exception when unique_violation then
        null;
      end;
    end loop;
  end if;
  if exists (select from unnest(entered) as e(id) where abs(mayfly.id_day(e.id) - today) > 1) then
    moved := array(
      select f.id from unnest(entered) as e(id)
      join mayfly.job f on f.partition = mayfly.far() and f.id = any (array[e.id])
      where abs(mayfly.id_day(e.id) - today) > 1
    );
    perform mayfly.undo_jobs(moved);
    entered := array(select e.id from unnest(entered) as e(id) where e.id <> all (moved));
  end if;
  return entered;
end
$$;
