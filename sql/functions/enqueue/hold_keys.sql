-- mayfly.hold_keys: take the keys of these jobs, sorted by name and key. Returns the jobs whose key another live job
-- holds.
-- locks: keys, until every transaction that takes or frees the same key has ended
-- indexes: held_key_pkey, held_key_exclusive
create function mayfly.hold_keys(jobs mayfly.new_job[]) returns uuid[]
language plpgsql volatile
as $$
declare
  job mayfly.new_job;
  refused uuid[] := '{}';
begin
  if current_setting('transaction_isolation') = 'read committed' then
    with held as (
      insert into mayfly.held_key (name, key, id, exclusive)
      select (j.request).name, j.held_key, j.id, (j.request).exclusive
      from unnest(jobs) as j
      where j.held_key is not null
      order by (j.request).name, j.held_key, j.nth
      on conflict do nothing
      returning id
    )
    select coalesce(array_agg(j.id), '{}') into refused
    from unnest(jobs) as j
    where j.held_key is not null and j.id not in (select h.id from held h);
  else
    for job in
      select j.* from unnest(jobs) as j where j.held_key is not null order by (j.request).name, j.held_key, j.nth
    loop
      begin
        insert into mayfly.held_key (name, key, id, exclusive)
        values ((job.request).name, job.held_key, job.id, (job.request).exclusive);
      exception when unique_violation then
        refused := refused || job.id;
      end;
    end loop;
  end if;
  return refused;
end
$$;
