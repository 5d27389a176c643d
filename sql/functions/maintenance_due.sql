-- mayfly.maintenance_due: whether mayfly.maintain_v1 has something to do: every five minutes, and sooner where a job has expired or is throttled.
-- indexes: duty_pkey, ready_expiry, scheduled_expiry, scheduled_throttled
create function mayfly.maintenance_due() returns boolean
language sql stable
as $$
  select
    (select true from mayfly.ready r where r.expires_at <= now() limit 1)
    or (select true from mayfly.scheduled s where s.expires_at <= now() limit 1)
    or (select true from mayfly.scheduled s where s.run_at is null limit 1)
    or exists (select from mayfly.duty d where greatest(d.done_at, d.failed_at) <= now() - interval '5 minutes' and d.name = 'count')
$$;
