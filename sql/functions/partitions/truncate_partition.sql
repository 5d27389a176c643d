-- mayfly.truncate_partition: empty a closed partition of jobs and results, once no live job is in it and its newest result is older than so many days.
-- Returns emptied; empty, there was nothing; live, or young: not yet; or busy: somebody reads it, the next run comes soon.
-- The exclusive lock comes first and one statement looks at all places: seen one after the other, a job that moves could be missed in each.
-- locks: both tables, exclusively; waits for them a tenth of a second at most
-- indexes: result_NN_finished_at_id_idx
create function mayfly.truncate_partition(part smallint, days integer) returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set lock_timeout = '100ms'
as $$
declare
  job_table text := format('mayfly.job_%s', lpad(part::text, 2, '0'));
  result_table text := format('mayfly.result_%s', lpad(part::text, 2, '0'));
  occupied boolean;
  young boolean;
begin
  if pg_relation_size(job_table::regclass) = 0 and pg_relation_size(result_table::regclass) = 0 then
    return 'empty';
  end if;
  execute format('lock table %s, %s in access exclusive mode', job_table, result_table);
  execute format('
    select
      exists (select from mayfly.ready r where r.partition = $1)
        or exists (select from mayfly.scheduled s where s.partition = $1)
        or exists (select from mayfly.running n where n.partition = $1),
      exists (select from %s r where r.finished_at >= now() - $2 * interval ''1 day'')', result_table)
  into occupied, young using part, days;
  if occupied or young then
    return case when occupied then 'live' else 'young' end;
  end if;
  execute format('truncate %s, %s', job_table, result_table);
  return 'emptied';
exception when lock_not_available then
  return 'busy';
end
$$;
