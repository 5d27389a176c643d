-- $1 application text, $2 hash text, $3 schedules json: see mayfly.announce_schedules_v1. One row.
select mayfly.announce_schedules_v1($1::text, $2::text, $3::json) as set_state
