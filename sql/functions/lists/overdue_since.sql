-- mayfly.overdue_since: since when a scheduled job, or a schedule, has been due that no consumer has looked at; null:
-- nothing is. Whether ready jobs wait, lists of queues tell.
-- indexes: scheduled_due, schedule_pkey
create function mayfly.overdue_since() returns timestamptz
language sql stable
as $$
  select least(
    (select s.run_at from mayfly.scheduled s where s.run_at <= now() order by s.run_at limit 1),
    (select min(s.next_at) from mayfly.schedule s where s.next_at <= now() and s.paused_at is null)
  )
$$;
