-- mayfly.lock_live_limits: lock the live limits of these names and keys until the transaction ends, in one order for
-- every caller. A job without a key is counted with all jobs of its name.
-- locks: lock rows of live limits by name and key
-- indexes: lock_row_pkey
create function mayfly.lock_live_limits(jobs mayfly.new_job[]) returns void
language plpgsql volatile
as $$
declare
  job record;
begin
  -- An older snapshot cannot count what came after it.
  perform mayfly.require_read_committed();
  for job in
    select distinct (j.request).name as name, j.held_key from unnest(jobs) as j order by (j.request).name, j.held_key
  loop
    insert into mayfly.lock_row as l (kind, name, key) values ('live', job.name, job.held_key)
    on conflict on constraint lock_row_pkey do update set kind = l.kind where false;
  end loop;
end
$$;
