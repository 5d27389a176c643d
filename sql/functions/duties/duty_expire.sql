-- mayfly.duty_expire: end jobs that waited past their expiry, also those that are throttled or parked. Returns how
-- many.
-- locks: rows with skip locked; then as mayfly.release
-- indexes: ready_expiry, scheduled_expiry
create function mayfly.duty_expire(upto integer, retention_days integer) returns integer
language sql volatile
as $$
  select mayfly.cancel_waiting(
    array(select r.id from mayfly.ready r where r.expires_at <= now() and r.hook is null order by r.expires_at
      limit upto)
      || array(select s.id from mayfly.scheduled s where s.expires_at <= now() and s.hook is null
        order by s.expires_at limit upto),
    'ExpiredError',
    'expired before it ran'
  )
$$;
