-- mayfly.delete_past: delete what the retention does not keep from a partition, row by row: from far, which is never
-- truncated, and from a partition that could not be truncated for two days. Results that are too old are deleted, and
-- then jobs that are not live and have no results. A slice; returns how many rows were deleted.
-- The results of a job that waits only for its hook stay: it gets no later result by which it could be found here.
-- locks: rows with skip locked
-- indexes: result_NN_finished_at_id_idx, job_NN_pkey, result_NN_pkey, live rows' primary keys
create function mayfly.delete_past(part smallint, days integer, upto integer) returns integer
language plpgsql volatile
as $$
declare
  ids uuid[];
  deleted integer;
begin
  if pg_relation_size(format('mayfly.result_%s', lpad(part::text, 2, '0'))::regclass) = 0 then
    return 0;
  end if;
  execute format('
    with gone as (
      delete from mayfly.result_%1$s r
      where r.ctid = any (array(
        select o.ctid from mayfly.result_%1$s o
        where o.finished_at < now() - $1 * interval ''1 day'' and not exists (select from mayfly.live l where l.id = o.id and l.ended)
        order by o.finished_at
        limit $2
        for update of o skip locked
      ))
      returning r.id
    )
    select array(select distinct g.id from gone g)', lpad(part::text, 2, '0'))
  into ids using days, upto;
  execute format('
    delete from mayfly.job_%1$s j
    where j.id = any ($1)
      and not exists (select from mayfly.result_%1$s r where r.id = j.id)
      and not exists (select from mayfly.live l where l.id = j.id)', lpad(part::text, 2, '0'))
  using ids;
  get diagnostics deleted = row_count;
  return greatest(deleted, cardinality(ids));
end
$$;
