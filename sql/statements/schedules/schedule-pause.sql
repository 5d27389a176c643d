-- Pause a schedule. $1 application text, $2 name text. A row if there is such a one.
update mayfly.schedule s set paused_at = coalesce(s.paused_at, now())
where s.application = $1::text and s.name = $2::text
returning s.name
