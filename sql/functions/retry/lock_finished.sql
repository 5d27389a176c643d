-- mayfly.lock_finished: lock the last result of each of these jobs, in the order of their ids, and return it. A job
-- that has none is left out.
-- locks: results, until every transaction that retries the same job has ended
-- indexes: result_NN_pkey
create function mayfly.lock_finished(ids uuid[]) returns setof mayfly.finished
language sql volatile
as $$
  select l.id, l.partition, l.claim_id, l.retried_as
  from (select distinct u.id from unnest(ids) as u(id) order by u.id) as i
  cross join lateral (
    select r.id, r.partition, r.claim_id, r.retried_as
    from mayfly.result r
    where r.partition in (mayfly.partition_of(i.id), mayfly.far()) and r.id = i.id and r.retry_at is null
    -- By attempt first, lest an index on times be walked.
    order by r.attempt desc, r.finished_at desc
    limit 1
    for update
  ) as l
$$;
