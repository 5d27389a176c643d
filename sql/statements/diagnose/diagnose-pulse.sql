-- How long ago a tick or a worker was last seen, null: none has been; and for how long something has been overdue,
-- null: nothing is. One row.
select
  (extract(epoch from now() - greatest(
    (select max(s.seen_at) from mayfly.schedule_set s), (select max(w.heartbeat_at) from mayfly.worker w)
  )) * 1000)::bigint as seen_ms,
  (extract(epoch from now() - mayfly.overdue_since()) * 1000)::bigint as overdue_ms
