-- Resume a paused queue, and wake those who serve it: its ready jobs may be of any age. $1 name text.
with resumed as (
  update mayfly.queue q set paused_at = null where q.name = $1::text returning q.name
)
select mayfly.notify_ready(array[r.name], timestamptz 'epoch')::text as notified from resumed r
