-- mayfly.live_count: how many live jobs of this name and key wait, and how many run. Key null: all of the name that have a key.
-- most: stop counting there; null: count all.
-- indexes: job_key (name, concurrency_key) where exclusive; job_group (name, concurrency_key) where not exclusive
create function mayfly.live_count(name text, key text, most integer, out pending integer, out running integer)
language sql stable
as $$
  select count(*) filter (where live.state <> 'running')::integer, count(*) filter (where live.state = 'running')::integer
  from (
    (
      select j.state from mayfly.job j
      where j.name = live_count.name and j.concurrency_key is not null and not j.exclusive
        and (live_count.key is null or j.concurrency_key = live_count.key)
      limit live_count.most
    )
    union all
    (
      select j.state from mayfly.job j
      where j.name = live_count.name and j.concurrency_key is not null and j.exclusive
        and (live_count.key is null or j.concurrency_key = live_count.key)
      limit live_count.most
    )
  ) as live
$$;
