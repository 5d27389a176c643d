-- Resume a paused queue. $1 name text.
update mayfly.queue q set paused_at = null where q.name = $1::text
