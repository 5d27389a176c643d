-- The schema after all migrations. Written by `npm run generate`, to be read and compared; not to be edited, nor run.

create table mayfly.claim (
  id uuid not null,
  worker_id uuid not null,
  at timestamp with time zone not null default now(),
  constraint claim_pkey PRIMARY KEY (id)
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000, autovacuum_vacuum_cost_delay=0);

create table mayfly.job (
  id uuid not null,
  claim_id uuid,
  worker_id uuid,
  run_at timestamp with time zone not null,
  ready_at timestamp with time zone,
  expires_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  started_at timestamp with time zone,
  cancel_requested_at timestamp with time zone,
  timeout_ms integer,
  priority smallint not null default 0,
  retries smallint not null default 0,
  attempt smallint not null default 0,
  parked smallint not null default 0,
  exclusive boolean not null default false,
  abort_hook boolean not null default false,
  state text not null,
  queue text not null default 'default'::text,
  name text not null,
  concurrency_key text,
  source text,
  traceparent text,
  tracestate text,
  created_by text,
  payload jsonb not null default '{}'::jsonb,
  constraint job_pkey PRIMARY KEY (id),
  constraint job_concurrency_key CHECK ((char_length(concurrency_key) <= 255)),
  constraint job_name CHECK (((char_length(name) >= 1) AND (char_length(name) <= 255))),
  constraint job_queue CHECK (((char_length(queue) >= 1) AND (char_length(queue) <= 255))),
  constraint job_state CHECK ((state = ANY (ARRAY['scheduled'::text, 'ready'::text, 'running'::text])))
) with (fillfactor=80, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000, autovacuum_vacuum_cost_delay=0, autovacuum_analyze_scale_factor=0, autovacuum_analyze_threshold=20000);

CREATE INDEX job_cancel ON mayfly.job USING btree (worker_id) WHERE ((state = 'running'::text) AND (cancel_requested_at IS NOT NULL));

CREATE INDEX job_group ON mayfly.job USING btree (name, concurrency_key) WHERE ((concurrency_key IS NOT NULL) AND (NOT exclusive));

CREATE UNIQUE INDEX job_key ON mayfly.job USING btree (name, concurrency_key) WHERE exclusive;

CREATE INDEX job_ready ON mayfly.job USING btree (queue, priority DESC, ready_at, id) WHERE (state = 'ready'::text);

CREATE INDEX job_running ON mayfly.job USING btree (worker_id, claim_id) WHERE (state = 'running'::text);

CREATE INDEX job_scheduled ON mayfly.job USING btree (run_at) WHERE (state = 'scheduled'::text);

create table mayfly.migration (
  version integer not null,
  name text not null,
  breaking boolean not null,
  applied_at timestamp with time zone not null default now(),
  constraint migration_pkey PRIMARY KEY (version)
);

create table mayfly.queue (
  name text not null,
  paused_at timestamp with time zone,
  constraint queue_pkey PRIMARY KEY (name)
);

create table mayfly.result (
  id uuid not null,
  claim_id uuid,
  worker_id uuid,
  retried_as uuid,
  run_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  started_at timestamp with time zone,
  finished_at timestamp with time zone not null default now(),
  retry_at timestamp with time zone,
  timeout_ms integer,
  slot smallint not null default mayfly.result_slot(now()),
  priority smallint not null,
  retries smallint not null,
  attempt smallint not null,
  exclusive boolean not null,
  outcome text not null,
  queue text not null,
  name text not null,
  concurrency_key text,
  source text,
  traceparent text,
  tracestate text,
  created_by text,
  payload jsonb not null,
  error jsonb,
  output jsonb,
  constraint result_outcome CHECK ((outcome = ANY (ARRAY['successful'::text, 'errored'::text, 'cancelled'::text, 'lost'::text, 'deferred'::text])))
) partition by LIST (slot) /* 32 partitions */;

CREATE INDEX result_id ON ONLY mayfly.result USING btree (id);

create table mayfly.schedule (
  name text not null,
  application text not null,
  fire bigint not null default 0,
  next_at timestamp with time zone,
  last_at timestamp with time zone,
  paused_at timestamp with time zone,
  definition jsonb not null,
  constraint schedule_pkey PRIMARY KEY (name)
);

create table mayfly.schedule_set (
  application text not null,
  hash text not null,
  seen_at timestamp with time zone not null default now(),
  constraint schedule_set_pkey PRIMARY KEY (application)
);

create table mayfly.worker (
  id uuid not null,
  started_at timestamp with time zone not null default now(),
  heartbeat_at timestamp with time zone not null default now(),
  deadline_at timestamp with time zone,
  left_at timestamp with time zone,
  runtime text,
  host text,
  queues text[] not null default '{}'::text[],
  constraint worker_pkey PRIMARY KEY (id)
) with (fillfactor=50, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=200, autovacuum_vacuum_cost_delay=0);

create view mayfly.process as
 SELECT id,
    name,
    queue,
    priority,
    run_at,
    created_at,
    started_at,
    attempt,
    retries,
    concurrency_key,
    worker_id,
    claim_id,
    cancel_requested_at,
    source,
    traceparent,
    payload
   FROM mayfly.job
  WHERE state = 'running'::text;

create view mayfly.request as
 SELECT id,
    name,
    queue,
    state,
    priority,
    run_at,
    ready_at,
    expires_at,
    created_at,
    attempt,
    retries,
    concurrency_key,
    parked,
    source,
    traceparent,
    payload
   FROM mayfly.job
  WHERE state <> 'running'::text;

create view mayfly.results as
 SELECT id,
    name,
    queue,
    outcome,
    priority,
    run_at,
    created_at,
    started_at,
    finished_at,
    retry_at,
    retried_as,
    attempt,
    retries,
    concurrency_key,
    worker_id,
    claim_id,
    source,
    traceparent,
    payload,
    error,
    output
   FROM mayfly.result;

CREATE OR REPLACE FUNCTION mayfly.enqueue_input(jobs jsonb)
 RETURNS TABLE(nth bigint, id uuid, name text, queue text, priority smallint, retries smallint, timeout_ms integer, due timestamp with time zone, key text, exclusive boolean, counted boolean, most integer, expect_pending integer, expect_running integer, source text, traceparent text, tracestate text, created_by text, payload jsonb)
 LANGUAGE sql
 STABLE
AS $function$
select
x.nth, x.id, x.name, coalesce(x.queue, 'default'), coalesce(x.priority, 0::smallint), coalesce(x.retries, 0::smallint), x.timeout_ms,
coalesce(x.run_at, now() + x.delay_ms * interval '1 millisecond', now()),
nullif(x.key, ''), coalesce(x.key <> '' and x."limit" is null and x.expect is null, false), x."limit" is not null or x.expect is not null,
x."limit", (x.expect ->> 'pending')::integer, (x.expect ->> 'running')::integer,
x.source, x.traceparent, x.tracestate, x.created_by, coalesce(x.payload, '{}')
from rows from (
jsonb_to_recordset(jobs) as (
id uuid, name text, queue text, priority smallint, retries smallint, timeout_ms integer, run_at timestamptz, delay_ms bigint,
key text, "limit" integer, expect jsonb, source text, traceparent text, tracestate text, created_by text, payload jsonb
)
) with ordinality as x(
id, name, queue, priority, retries, timeout_ms, run_at, delay_ms,
key, "limit", expect, source, traceparent, tracestate, created_by, payload, nth
)
$function$
;
-- may be run by: everybody

CREATE OR REPLACE FUNCTION mayfly.enqueue_v1(jobs jsonb, strict boolean DEFAULT false, allow_blocked boolean DEFAULT false)
 RETURNS TABLE(id uuid, outcome text, existing_id uuid, pending integer, running integer)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET jit TO 'off'
AS $function$
declare
total integer;
any_counted boolean;
round integer := 0;
job record;
live record;
inserted uuid[];
low uuid;
high uuid;
slots smallint[];
finished uuid[];
refused jsonb := '{}';
begin
if jsonb_typeof(jobs) is distinct from 'array' then
raise exception 'jobs must be a JSON array' using errcode = '22023';
end if;
total := jsonb_array_length(jobs);
if total > 10000 then
raise exception '% jobs in one call, at most 10000 are taken', total using errcode = '54000';
end if;
if current_setting('transaction_isolation') <> 'read committed' then
raise exception 'enqueue_v1 needs a transaction that is read committed' using errcode = '0A000';
end if;
if jsonb_path_exists(jobs, '$[*] ? (!exists(@.id) || @.id == null)') then
jobs := (
select jsonb_agg(case when e.job ->> 'id' is null then e.job || jsonb_build_object('id', mayfly.uuid7()) else e.job end order by e.nth)
from jsonb_array_elements(jobs) with ordinality as e(job, nth)
);
end if;

any_counted := jsonb_path_exists(jobs, '$[*] ? (@.limit != null || @.expect != null)');
if any_counted then
for job in
select distinct hashtextextended(i.name || coalesce(chr(31) || i.key, ''), 7381) as lock
from mayfly.enqueue_input(jobs) i where i.counted order by lock
loop
perform pg_advisory_xact_lock(job.lock);
end loop;
end if;
loop
with goes_in as (
insert into mayfly.job as j (
id, state, queue, name, concurrency_key, exclusive, priority, retries, timeout_ms, run_at, ready_at,
source, traceparent, tracestate, created_by, payload
)
select
i.id, case when i.due > now() then 'scheduled' else 'ready' end, i.queue, i.name, i.key, i.exclusive, i.priority, i.retries, i.timeout_ms,
i.due, case when i.due > now() then null else now() end,
i.source, i.traceparent, i.tracestate, i.created_by, i.payload
from mayfly.enqueue_input(jobs) i
where not i.counted
order by i.name, i.key, case when i.key is null then i.id end, i.nth
on conflict do nothing
returning j.id
)
select coalesce(array_agg(g.id), '{}') into inserted from goes_in g;
round := round + 1;
exit when total <> 1 or any_counted or cardinality(inserted) = 1 or round = 3 or exists (
select from mayfly.enqueue_input(jobs) i
where exists (select from mayfly.job j where j.id = i.id)
or exists (select from mayfly.job j where j.name = i.name and j.concurrency_key = i.key and j.exclusive)
);
end loop;
if any_counted then
for job in
select i.nth, i.id, i.queue, i.name, i.key, i.priority, i.retries, i.timeout_ms, i.due, i.most, i.expect_pending, i.expect_running,
i.source, i.traceparent, i.tracestate, i.created_by, i.payload
from mayfly.enqueue_input(jobs) i where i.counted order by i.name, i.key, i.nth
loop
select c.pending, c.running into live from mayfly.live_count(job.name, job.key, job.most) c;
if live.pending + live.running >= job.most or live.pending > job.expect_pending or live.running > job.expect_running then
refused := refused || jsonb_build_object(job.nth::text, jsonb_build_object(
'outcome', case when live.pending + live.running >= job.most then 'limited' else 'conflict' end, 'pending', live.pending, 'running', live.running
));
else
insert into mayfly.job as j (
id, state, queue, name, concurrency_key, exclusive, priority, retries, timeout_ms, run_at, ready_at,
source, traceparent, tracestate, created_by, payload
)
values (
job.id, case when job.due > now() then 'scheduled' else 'ready' end, job.queue, job.name, coalesce(job.key, ''), false, job.priority, job.retries, job.timeout_ms,
job.due, case when job.due > now() then null else now() end,
job.source, job.traceparent, job.tracestate, job.created_by, job.payload
)
on conflict do nothing
returning j.id into low;
if found then
inserted := inserted || low;
end if;
end if;
end loop;
end if;
select (array_agg(i.id order by i.id))[1], (array_agg(i.id order by i.id desc))[1] into low, high from unnest(inserted) as i(id);
if low is not null then
slots := mayfly.result_slots(inserted);
if exists (
select from unnest(slots) as s(slot)
cross join lateral (select from mayfly.result r where r.slot = s.slot and r.id between low and high limit 1) as hit
) then
finished := array(
select i.id from unnest(inserted) as i(id)
where exists (
select from unnest(slots) as s(slot)
cross join lateral (select from mayfly.result r where r.slot = s.slot and r.id = i.id limit 1) as hit
)
);
delete from mayfly.job j where j.id = any (finished);
inserted := array(select i.id from unnest(inserted) as i(id) where i.id <> all (finished));
end if;
end if;

if cardinality(inserted) = total then
return query select i.id, 'enqueued'::text, null::uuid, null::integer, null::integer from mayfly.enqueue_input(jobs) i order by i.nth;
return;
end if;
slots := mayfly.result_slots(array(select i.id from mayfly.enqueue_input(jobs) i));
for job in
select i.id, i.name, i.key, i.id = any (inserted) and row_number() over (partition by i.id order by i.nth) = 1 as went_in,
coalesce(same.id, past.id) as known, holder.id as holder, refused -> i.nth::text as refusal
from mayfly.enqueue_input(jobs) i
left join lateral (select j.id from mayfly.job j where j.id = i.id) as same on true
left join lateral (
select hit.id from unnest(slots) as s(slot)
cross join lateral (select r.id from mayfly.result r where r.slot = s.slot and r.id = i.id limit 1) as hit limit 1
) as past on same.id is null
left join lateral (select j.id from mayfly.job j where j.name = i.name and j.concurrency_key = i.key and j.exclusive) as holder on not i.counted
order by i.nth
loop
id := job.id;
existing_id := null;
pending := null;
running := null;
if job.went_in then
outcome := 'enqueued';
elsif job.known is not null then
outcome := 'duplicate';
existing_id := job.known;
elsif job.refusal is not null then
outcome := job.refusal ->> 'outcome';
pending := job.refusal ->> 'pending';
running := job.refusal ->> 'running';
else
outcome := 'blocked';
existing_id := job.holder;
end if;
if strict and outcome = 'duplicate' then
raise exception 'job % is already enqueued', id using errcode = 'MF001';
elsif strict and not allow_blocked and outcome = 'blocked' then
raise exception 'the key % of % is held by job %', quote_literal(job.key), quote_literal(job.name), existing_id using errcode = 'MF002';
elsif strict and not allow_blocked and outcome in ('limited', 'conflict') then
raise exception 'the limit of % is reached: % pending, % running', quote_literal(job.name), pending, running using errcode = 'MF003';
end if;
return next;
end loop;
end
$function$
;
-- may be run by: postgres=X/postgres

CREATE OR REPLACE FUNCTION mayfly.live_count(name text, key text, most integer, OUT pending integer, OUT running integer)
 RETURNS record
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET jit TO 'off'
AS $function$
begin
if key is null then
select count(*) filter (where live.state <> 'running'), count(*) filter (where live.state = 'running') into pending, running
from (
(select j.state from mayfly.job j where j.name = live_count.name and j.concurrency_key is not null and not j.exclusive limit most)
union all
(select j.state from mayfly.job j where j.name = live_count.name and j.exclusive limit most)
) as live;
else
select count(*) filter (where live.state <> 'running'), count(*) filter (where live.state = 'running') into pending, running
from (
(
select j.state from mayfly.job j
where j.name = live_count.name and j.concurrency_key = live_count.key and j.concurrency_key is not null and not j.exclusive limit most
)
union all
(select j.state from mayfly.job j where j.name = live_count.name and j.concurrency_key = live_count.key and j.exclusive limit most)
) as live;
end if;
end
$function$
;
-- may be run by: everybody

CREATE OR REPLACE FUNCTION mayfly.look_v1(stale_ms integer, most integer, queues text[])
 RETURNS TABLE(lost integer, more boolean, ready boolean, next_due timestamp with time zone)
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET jit TO 'off'
AS $function$
begin
select r.lost, r.more into lost, more from mayfly.rescue_v1(stale_ms, most) r;
delete from mayfly.claim c
where c.id = any (array(
select o.id from mayfly.claim o
where o.id < mayfly.uuid7_floor(now() - interval '1 hour') and o.at < now() - interval '1 hour'
order by o.id limit 1000 for update skip locked
));

ready := exists (
select from unnest(queues) as q(name)
where exists (select from mayfly.job j where j.state = 'ready' and j.queue = q.name)
and not exists (select from mayfly.queue p where p.name = q.name and p.paused_at is not null)
);
next_due := (select min(j.run_at) from mayfly.job j where j.state = 'scheduled');
return next;
end
$function$
;
-- may be run by: postgres=X/postgres

CREATE OR REPLACE FUNCTION mayfly.rescue_v1(stale_ms integer, most integer)
 RETURNS TABLE(lost integer, more boolean)
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET jit TO 'off'
AS $function$
declare
stale uuid[];
rows_taken tid[];
begin
stale := array(
select w.id from mayfly.worker w
where w.heartbeat_at < now() - stale_ms * interval '1 millisecond'
order by w.heartbeat_at limit 1000 for update skip locked
);
if cardinality(stale) > 0 then
rows_taken := array(
select t.tid from unnest(stale) as s(id) cross join lateral (
select j.ctid as tid from mayfly.job j where j.state = 'running' and j.worker_id = s.id limit most for update skip locked
) as t limit most
);
if cardinality(rows_taken) > 0 then
insert into mayfly.result (id, claim_id, worker_id, run_at, created_at, started_at, retry_at, timeout_ms, priority, retries, attempt, exclusive,
outcome, queue, name, concurrency_key, source, traceparent, tracestate, created_by, payload, error)
select j.id, j.claim_id, j.worker_id, j.run_at, j.created_at, j.started_at,
case when j.cancel_requested_at is null and j.attempt <= j.retries then now() end, j.timeout_ms, j.priority, j.retries, j.attempt, j.exclusive,
case when j.cancel_requested_at is null then 'lost' else 'cancelled' end, j.queue, j.name, j.concurrency_key, j.source, j.traceparent, j.tracestate, j.created_by, j.payload,
jsonb_build_object('name', 'LostError', 'message', 'worker ' || j.worker_id || ' stopped sending heartbeats')
from mayfly.job j where j.ctid = any (rows_taken) and j.state = 'running';
delete from mayfly.job j
where j.ctid = any (rows_taken) and j.state = 'running' and (j.cancel_requested_at is not null or j.attempt > j.retries);
update mayfly.job j
set state = 'ready', run_at = now(), ready_at = now(), claim_id = null, worker_id = null, started_at = null
where j.ctid = any (rows_taken) and j.state = 'running';
end if;
delete from mayfly.worker w
where w.id = any (stale) and not exists (select from mayfly.job j where j.state = 'running' and j.worker_id = w.id);
end if;
lost := coalesce(cardinality(rows_taken), 0);
more := lost = most;
return next;
end
$function$
;
-- may be run by: postgres=X/postgres

CREATE OR REPLACE FUNCTION mayfly.result_slot(at timestamp with time zone)
 RETURNS smallint
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
select (floor(extract(epoch from at) / 86400)::bigint % 32)::smallint
$function$
;
-- may be run by: everybody

CREATE OR REPLACE FUNCTION mayfly.result_slots(ids uuid[])
 RETURNS smallint[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
select array(
select ((span.today - back) % 32)::smallint
from (
select floor(extract(epoch from now()) / 86400)::bigint as today,
min(('x' || left(translate(i.id::text, '-', ''), 12))::bit(48)::bigint) / 86400000 as made,
bool_and(substr(i.id::text, 15, 1) = '7') as dated
from unnest(ids) as i(id)
) as span
cross join generate_series(0, case when span.dated then least(31, greatest(0, span.today - span.made) + 1) else 31 end) as back
)
$function$
;
-- may be run by: everybody

CREATE OR REPLACE FUNCTION mayfly.turn_v1(worker uuid, claim uuid, slots integer, queues text[], names text[], done uuid[], done_claims uuid[], settled json, mark timestamp with time zone, options json)
 RETURNS TABLE(jobs json, replayed boolean, verdicts json, cancels uuid[], oldest timestamp with time zone, parked integer, next_due timestamp with time zone)
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET jit TO 'off'
AS $function$
declare
fresh boolean := false;
applied uuid[];
applied_more uuid[];
unpaused text[];
share_queues text[];
share_slots integer[];
rows_taken tid[];
rows_more tid[];
claimed integer := 0;
fits_ms bigint := options ->> 'fits_ms';
begin
parked := 0;
if not exists (
select from mayfly.worker w
where w.id = turn_v1.worker and w.left_at is null
and w.heartbeat_at > now() - coalesce((options ->> 'heartbeat_ms')::integer, 5000) * interval '1 millisecond'
) then
insert into mayfly.worker as w (id, queues, runtime, host, deadline_at)
values (turn_v1.worker, turn_v1.queues, options ->> 'runtime', options ->> 'host', (options ->> 'deadline_at')::timestamptz)
on conflict on constraint worker_pkey do update
set heartbeat_at = now(), left_at = null, queues = excluded.queues, deadline_at = excluded.deadline_at;
end if;
if slots > 0 then
insert into mayfly.claim (id, worker_id) values (turn_v1.claim, turn_v1.worker) on conflict do nothing;
fresh := found;
end if;
replayed := slots > 0 and not fresh;
if cardinality(done) > 0 then
with ended as (
delete from mayfly.job j using unnest(done, done_claims) as d(id, claim_id)
where j.id = d.id and j.claim_id = d.claim_id and j.state = 'running'
returning j.id, j.claim_id, j.worker_id, j.run_at, j.created_at, j.started_at, j.timeout_ms, j.priority, j.retries, j.attempt, j.exclusive,
j.queue, j.name, j.concurrency_key, j.source, j.traceparent, j.tracestate, j.created_by, j.payload
), written as (
insert into mayfly.result (id, claim_id, worker_id, run_at, created_at, started_at, timeout_ms, priority, retries, attempt, exclusive,
outcome, queue, name, concurrency_key, source, traceparent, tracestate, created_by, payload)
select e.id, e.claim_id, e.worker_id, e.run_at, e.created_at, e.started_at, e.timeout_ms, e.priority, e.retries, e.attempt, e.exclusive,
'successful', e.queue, e.name, e.concurrency_key, e.source, e.traceparent, e.tracestate, e.created_by, e.payload
from ended e
)
select array_agg(e.id) into applied from ended e;
end if;
if settled is not null then
insert into mayfly.result (id, claim_id, worker_id, run_at, created_at, started_at, retry_at, timeout_ms, priority, retries, attempt, exclusive,
outcome, queue, name, concurrency_key, source, traceparent, tracestate, created_by, payload, error, output)
select j.id, j.claim_id, j.worker_id, j.run_at, j.created_at, j.started_at, now() + s.again_ms * interval '1 millisecond', j.timeout_ms, j.priority, j.retries, j.attempt, j.exclusive,
s.outcome, j.queue, j.name, j.concurrency_key, j.source, j.traceparent, j.tracestate, j.created_by, j.payload, s.error, s.output
from json_to_recordset(settled) as s(id uuid, claim_id uuid, outcome text, again_ms bigint, error jsonb, output jsonb)
join mayfly.job j on j.id = s.id and j.claim_id = s.claim_id and j.state = 'running'
where s.outcome <> 'released'
for update of j;
with over as (
delete from mayfly.job j using json_to_recordset(settled) as s(id uuid, claim_id uuid, outcome text, again_ms bigint)
where j.id = s.id and j.claim_id = s.claim_id and j.state = 'running' and s.again_ms is null and s.outcome <> 'released'
returning j.id
), again as (
update mayfly.job j
set state = case when s.again_ms > 0 and s.outcome <> 'released' then 'scheduled' else 'ready' end,
run_at = case when s.outcome = 'released' then j.run_at else now() + s.again_ms * interval '1 millisecond' end,
ready_at = case when s.outcome = 'released' then j.ready_at when s.again_ms > 0 then null else now() end,
attempt = case when s.outcome = 'released' or s.charge is false then j.attempt - 1 else j.attempt end,
claim_id = null, worker_id = null, started_at = null
from json_to_recordset(settled) as s(id uuid, claim_id uuid, outcome text, again_ms bigint, charge boolean)
where j.id = s.id and j.claim_id = s.claim_id and j.state = 'running' and (s.again_ms is not null or s.outcome = 'released')
returning j.id
)
select array_agg(x.id) into applied_more from (select o.id from over o union all select a.id from again a) as x;
end if;
if cardinality(applied) is distinct from nullif(cardinality(done), 0) or cardinality(applied_more) is distinct from nullif(json_array_length(settled), 0) then
select json_agg(json_build_array(s.id, s.claim_id, case when exists (
select from unnest(array[mayfly.result_slot(now()), mayfly.result_slot(now() - interval '24 hours')]) as d(slot)
cross join lateral (select from mayfly.result r where r.slot = d.slot and r.id = s.id and r.claim_id = s.claim_id and r.outcome = s.outcome limit 1) as hit
) then 'already' else 'stale' end))
into verdicts
from (
select d.id, d.claim_id, 'successful' as outcome from unnest(done, done_claims) as d(id, claim_id)
union all
select d.id, d.claim_id, d.outcome from json_to_recordset(settled) as d(id uuid, claim_id uuid, outcome text)
) as s
where s.id <> all (coalesce(applied, '{}')) and s.id <> all (coalesce(applied_more, '{}'));
end if;
select min(j.run_at) into next_due from mayfly.job j where j.state = 'scheduled';
if next_due <= now() then
rows_taken := array(
select j.ctid from mayfly.job j where j.state = 'scheduled' and j.run_at <= now() order by j.run_at limit 1000 for update skip locked
);
update mayfly.job j set state = 'ready', ready_at = coalesce(j.ready_at, j.run_at)
where j.ctid = any (rows_taken) and j.state = 'scheduled';
mark := least(mark, next_due);
select min(j.run_at) into next_due from mayfly.job j where j.state = 'scheduled';
end if;
if fresh then
unpaused := array(select q.name from unnest(queues) as q(name) where not exists (select from mayfly.queue p where p.name = q.name and p.paused_at is not null));
share_queues := unpaused;
share_slots := array[slots];
if cardinality(unpaused) > 1 then
select array_agg(share.queue), array_agg(share.take) into share_queues, share_slots from (
select head.queue, count(*)::integer as take from (
select t.queue from unnest(unpaused) as q(name) cross join lateral (
select j.queue, j.priority, j.ready_at, j.id from mayfly.job j
where j.state = 'ready' and j.queue = q.name and j.ready_at >= mark
order by j.priority desc, j.ready_at, j.id limit slots
) as t order by t.priority desc, t.ready_at, t.id limit slots
) as head group by head.queue
) as share;
end if;
select array_agg(t.tid) into rows_taken from unnest(share_queues, share_slots) as q(name, take) cross join lateral (
select j.ctid as tid from mayfly.job j
where j.state = 'ready' and j.queue = q.name and j.ready_at >= mark
order by j.priority desc, j.ready_at, j.id limit q.take for update skip locked
) as t;
if cardinality(unpaused) > 1 and coalesce(cardinality(rows_taken), 0) < slots then
select array_agg(x.tid) into rows_more from (
select t.tid from unnest(unpaused) as q(name) cross join lateral (
select j.ctid as tid from mayfly.job j
where j.state = 'ready' and j.queue = q.name and j.ready_at >= mark and j.ctid <> all (coalesce(rows_taken, '{}'))
order by j.priority desc, j.ready_at, j.id limit slots - coalesce(cardinality(rows_taken), 0) for update skip locked
) as t limit slots - coalesce(cardinality(rows_taken), 0)
) as x;
rows_taken := rows_taken || rows_more;
end if;
if rows_taken is not null then
with taken as (
update mayfly.job j
set state = 'running', worker_id = turn_v1.worker, claim_id = turn_v1.claim, started_at = now(), attempt = j.attempt + 1, parked = 0
where j.ctid = any (rows_taken) and j.state = 'ready' and j.name = any (names) and (j.timeout_ms <= fits_ms) is not false
returning j.ready_at, json_build_array(j.id, j.name, j.queue, j.priority, j.run_at, j.retries, j.attempt, j.concurrency_key, j.timeout_ms,
j.traceparent, j.tracestate, j.cancel_requested_at is not null, j.payload) as job
)
select json_agg(t.job), min(t.ready_at), count(*) into jobs, oldest, claimed from taken t;
if claimed < cardinality(rows_taken) and (options ->> 'park')::boolean is not false then
update mayfly.job j
set state = 'scheduled', parked = least(j.parked + 1, 100), run_at = now() + least(interval '1 hour', interval '1 minute' * power(2, least(j.parked, 6)))
where j.ctid = any (rows_taken) and j.state = 'ready';
get diagnostics parked = row_count;
end if;
end if;
elsif replayed then
select json_agg(json_build_array(j.id, j.name, j.queue, j.priority, j.run_at, j.retries, j.attempt, j.concurrency_key, j.timeout_ms,
j.traceparent, j.tracestate, j.cancel_requested_at is not null, j.payload)), count(*)
into jobs, claimed
from mayfly.job j where j.state = 'running' and j.worker_id = turn_v1.worker and j.claim_id = turn_v1.claim;
end if;

cancels := (select array_agg(j.id) from mayfly.job j where j.worker_id = turn_v1.worker and j.state = 'running' and j.cancel_requested_at is not null);

if claimed = 0 and (options ->> 'leave')::boolean then
update mayfly.worker w set left_at = now()
where w.id = turn_v1.worker and not exists (select from mayfly.job j where j.state = 'running' and j.worker_id = w.id);
end if;
return next;
end
$function$
;
-- may be run by: postgres=X/postgres

CREATE OR REPLACE FUNCTION mayfly.uuid7()
 RETURNS uuid
 LANGUAGE sql
 PARALLEL SAFE
AS $function$
select (left(mayfly.uuid7_floor(clock_timestamp())::text, 15) || substr(gen_random_uuid()::text, 16))::uuid
$function$
;
-- may be run by: everybody

CREATE OR REPLACE FUNCTION mayfly.uuid7_floor(at timestamp with time zone)
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
select (lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid
$function$
;
-- may be run by: everybody
