-- mayfly.maintenance_due: whether mayfly.maintain_v1 has something to do: a duty that is due, a job that has expired,
-- or a job that is throttled.
-- indexes: ready_expiry, scheduled_expiry, scheduled_throttled. mayfly.duty is read whole: it has seven rows
create function mayfly.maintenance_due() returns boolean
language sql stable
as $$
  select
    exists (select from mayfly.ready r where r.expires_at <= now() and r.hook is null)
    or exists (select from mayfly.scheduled s where s.expires_at <= now() and s.hook is null)
    or exists (select from mayfly.scheduled s where s.run_at is null)
    or exists (select from mayfly.duty d where d.due_at <= now())
$$;
