-- $1 id uuid: see mayfly.cancel_v1. One row.
select mayfly.cancel_v1($1::uuid) as outcome
