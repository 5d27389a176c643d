-- mayfly.producer_jobs_v1: note jobs of a producer that may have only so many live ones, and count them. Jobs that have
-- ended are taken off the list once it is as long as it may be, so that nothing has to be done when a job ends.
--
-- producer  whose they are
-- ids       jobs that have just been enqueued
-- most      once there are more than this, those that have ended are taken off
--
-- returns   how many are on the list
--
-- locks     rows of the list
-- indexes   producer_job_pkey, ready_pkey, scheduled_pkey, running_pkey
create function mayfly.producer_jobs_v1(producer text, ids uuid[], most integer) returns integer
language plpgsql volatile security definer
set lock_timeout = '2s'
-- planner: pinned
as $$
declare
  listed integer;
begin
  insert into mayfly.producer_job (producer, id)
  select producer_jobs_v1.producer, i.id from unnest(ids) as i(id)
  on conflict on constraint producer_job_pkey do nothing;
  select count(*) into listed from mayfly.producer_job p where p.producer = producer_jobs_v1.producer;
  if listed > most then
    delete from mayfly.producer_job p
    where p.producer = producer_jobs_v1.producer
      and not exists (select from mayfly.ready r where r.id = any (array[p.id]))
      and not exists (select from mayfly.scheduled s where s.id = any (array[p.id]))
      and not exists (select from mayfly.running n where n.id = any (array[p.id]));
    select count(*) into listed from mayfly.producer_job p where p.producer = producer_jobs_v1.producer;
  end if;
  return listed;
end
$$;
