-- Resume a paused schedule; ticks until now do not count. $1 application text, $2 name text. A row if there is such a
-- one.
update mayfly.schedule s
set resumed_at = case when s.paused_at is null then s.resumed_at else now() end, paused_at = null
where s.application = $1::text and s.name = $2::text
returning s.name
