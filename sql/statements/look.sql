-- A tick's first look. $1 stale_ms integer, $2 most integer, $3 queues text[]: see mayfly.look_v1. One row.
select l.lost, l.more, l.ready, (extract(epoch from l.next_due - now()) * 1000)::bigint as next_due_ms
from mayfly.look_v1($1::integer, $2::integer, $3::text[]) as l
