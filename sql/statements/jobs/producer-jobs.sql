-- $1 producer text, $2 ids uuid[], $3 most integer: see mayfly.producer_jobs_v1.
select mayfly.producer_jobs_v1($1::text, $2::uuid[], $3::integer) as live
