-- $1 application text, $2 fires json: see mayfly.fire_v1. A row for each schedule that was fired.
select f.name, to_json(f.outcomes) as outcomes from mayfly.fire_v1($1::text, $2::json) as f
