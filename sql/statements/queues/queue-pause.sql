-- Pause a queue: nothing more of it is claimed. $1 name text. What runs goes on.
insert into mayfly.queue as q (name, paused_at) values ($1::text, now())
on conflict on constraint queue_pkey do update set paused_at = coalesce(q.paused_at, excluded.paused_at)
