-- Workers, the latest first. $1 stale_ms bigint: one silent for longer is stale; $2 state text, null for all; $3 before
-- uuid: those with smaller ids, null for all; $4 limit integer. A row each. All workers are read: they are few.
-- indexes: worker_pkey, running_worker
select
  w.id,
  w.state,
  w.runtime,
  w.host,
  to_json(w.queues) as queues,
  to_json(w.started_at) #>> '{}' as started_at,
  to_json(w.heartbeat_at) #>> '{}' as heartbeat_at,
  to_json(w.deadline_at) #>> '{}' as deadline_at,
  to_json(w.left_at) #>> '{}' as left_at,
  (select count(*) from (select from mayfly.running r where r.worker_id = w.id limit 1000) as counted) as running
from (
  select
    a.id,
    case
      when a.left_at is not null then 'left'
      when a.heartbeat_at < now() - $1::bigint * interval '1 millisecond' then 'stale'
      else 'alive'
    end as state,
    a.runtime,
    a.host,
    a.queues,
    a.started_at,
    a.heartbeat_at,
    a.deadline_at,
    a.left_at
  from mayfly.worker a
) as w
where ($2::text is null or w.state = $2::text) and ($3::uuid is null or w.id < $3::uuid)
order by w.id desc
limit $4::integer
