-- First in a transaction that reads: no statement after it may take longer. $1 limit text, as Postgres takes it: 5s.
select set_config('statement_timeout', $1::text, true)
