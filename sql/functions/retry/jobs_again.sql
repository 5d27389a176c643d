-- mayfly.jobs_again: these jobs as they are enqueued once more, due at once, each under the new id in the same place.
-- An id that comes twice counts in its first place, and so does a new id. Sorted by new id, as mayfly.insert_jobs wants
-- them.
-- wanted: leave out all others
-- indexes: job_NN_pkey
create function mayfly.jobs_again(ids uuid[], new_ids uuid[], wanted uuid[]) returns setof mayfly.new_job
language sql stable
as $$
  select
    n.nth, n.new_id, mayfly.partition_of(n.new_id), null::mayfly.finite_time, null::mayfly.finite_time, true, false,
    null::mayfly.positive, null::integer, null::integer, mayfly.key_to_hold(a.request), mayfly.large(j.payload),
    a.request
  from (
    select distinct on (o.new_id) o.id, o.new_id, o.nth
    from (
      select distinct on (i.id) i.id, i.new_id, i.nth
      from unnest(ids, new_ids) with ordinality as i(id, new_id, nth)
      where i.id = any (wanted)
      order by i.id, i.nth
    ) as o
    order by o.new_id, o.nth
  ) as n
  join mayfly.job j on j.partition in (mayfly.partition_of(n.id), mayfly.far()) and j.id = any (array[n.id])
  cross join lateral (select row(n.id, {request but retry_of of j})::mayfly.job_request as request) as a
  order by n.new_id
$$;
