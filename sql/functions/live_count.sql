-- mayfly.live_count: how many live jobs of this name and key wait, and how many run. Key null: all of the name that have a key.
-- most: stop counting there; null: count all.
-- indexes: job_key, job_group
create function mayfly.live_count(name text, key text, most integer, out pending integer, out running integer)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set jit = off
as $$
begin
  -- Two statements: a condition with "or" would read the whole name to count one key.
  if key is null then
    select count(*) filter (where live.state <> 'running'), count(*) filter (where live.state = 'running') into pending, running
    from (
      (select j.state from mayfly.job j where j.name = live_count.name and j.concurrency_key is not null and not j.exclusive limit most)
      union all
      (select j.state from mayfly.job j where j.name = live_count.name and j.exclusive limit most)
    ) as live;
  else
    select count(*) filter (where live.state <> 'running'), count(*) filter (where live.state = 'running') into pending, running
    from (
      (
        select j.state from mayfly.job j
        where j.name = live_count.name and j.concurrency_key = live_count.key and j.concurrency_key is not null and not j.exclusive limit most
      )
      union all
      (select j.state from mayfly.job j where j.name = live_count.name and j.concurrency_key = live_count.key and j.exclusive limit most)
    ) as live;
  end if;
end
$$;
