-- mayfly.truncate_partition: truncate a closed partition of jobs and results, once no live job is in it and its newest
-- result is older than so many days. Returns emptied; empty, there was nothing; live or young, not yet; or busy,
-- another transaction reads it, so try again soon.
-- The exclusive lock comes first and one statement reads all places: read one after the other, each could miss a job
-- that moves meanwhile.
-- locks: both tables, exclusively; waits for each of them a tenth of a second at most
-- indexes: result_NN_finished_at_id_idx; live rows' primary keys, without the ids from the partition's last day to
-- tomorrow, which lie in others
create function mayfly.truncate_partition(part smallint, days integer) returns text
language plpgsql volatile
set lock_timeout = '100ms'
-- planner: pinned
as $$
declare
  job_table text := format('mayfly.job_%s', lpad(part::text, 2, '0'));
  result_table text := format('mayfly.result_%s', lpad(part::text, 2, '0'));
  today integer := floor(extract(epoch from now()) / 86400);
  over uuid := mayfly.uuid7_floor(to_timestamp((mayfly.partition_last_day(part, today) + 1) * 86400::bigint));
  ahead uuid := mayfly.uuid7_floor(to_timestamp((today + 2) * 86400::bigint));
  occupied boolean;
  young boolean;
begin
  if pg_relation_size(job_table::regclass) = 0 and pg_relation_size(result_table::regclass) = 0 then
    return 'empty';
  end if;
  -- An older snapshot misses jobs that have moved.
  perform mayfly.require_read_committed();
  execute format('lock table %s, %s in access exclusive mode', job_table, result_table);
  execute format('
    select
      exists (select from mayfly.live l where l.partition = $1 and l.id < $3)
        or exists (select from mayfly.live l where l.partition = $1 and l.id >= $4),
      exists (select from %s r where r.finished_at >= now() - $2 * interval ''1 day'')', result_table)
  into occupied, young using part, days, over, ahead;
  if occupied or young then
    return case when occupied then 'live' else 'young' end;
  end if;
  execute format('truncate %s, %s', job_table, result_table);
  return 'emptied';
exception when lock_not_available then
  return 'busy';
end
$$;
