-- Names of jobs set aside because nobody knew how to run them. $1 most integer. A row each, of the 10,000 jobs that are due within their longest patience.
-- indexes: job_scheduled
select p.name from (
  select j.name, j.parked from mayfly.job j
  where j.state = 'scheduled' and not j.held and j.run_at <= now() + interval '61 minutes' order by j.run_at limit 10000
) as p
where p.parked > 0 group by p.name order by p.name limit $1::integer
