-- The schema after all migrations. Written by `npm run generate`, to be read and compared; not to be edited, nor run.

create domain mayfly.count_span as text constraint count_span CHECK ((VALUE = ANY (ARRAY['turn'::text, 'minute'::text, 'quarter'::text, 'hour'::text, 'ever'::text])));

create domain mayfly.finite_time as timestamp with time zone constraint finite_time CHECK (isfinite(VALUE));

create domain mayfly.outcome as text constraint outcome CHECK ((VALUE = ANY (ARRAY['successful'::text, 'errored'::text, 'cancelled'::text, 'lost'::text, 'deferred'::text])));

create domain mayfly.payload as json constraint payload CHECK ((octet_length((VALUE)::text) <= 4194304));

create domain mayfly.positive as integer constraint positive CHECK ((VALUE >= 1));

create domain mayfly.retries as smallint constraint retries CHECK (((VALUE >= 0) AND (VALUE <= 32766)));

create domain mayfly.short_key as text constraint short_key CHECK ((char_length(VALUE) <= 255));

create domain mayfly.short_name as text constraint short_name CHECK (((char_length(VALUE) >= 1) AND (char_length(VALUE) <= 255)));

create domain mayfly.short_text as text constraint short_text CHECK ((octet_length(VALUE) <= 2048));

create domain mayfly.within_ms as integer constraint within_ms CHECK (((VALUE >= 1000) AND (VALUE <= 86400000)));

create table mayfly.attempt_counts (
  number bigint not null,
  at timestamp with time zone not null default now(),
  attempts bigint not null,
  retries bigint not null,
  waited smallint,
  ran smallint,
  span mayfly.count_span not null default 'turn'::text,
  outcome text not null,
  queue text not null,
  constraint attempt_counts_pkey PRIMARY KEY (number)
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000, autovacuum_vacuum_cost_delay=0);

CREATE INDEX attempt_counts_at ON mayfly.attempt_counts USING btree (span, at);

create table mayfly.cancel (
  id uuid not null,
  at timestamp with time zone not null default now(),
  constraint cancel_pkey PRIMARY KEY (id)
);

create table mayfly.claim (
  id uuid not null,
  worker_id uuid not null,
  at timestamp with time zone not null default now(),
  constraint claim_pkey PRIMARY KEY (id)
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000, autovacuum_vacuum_cost_delay=0);

create table mayfly.duty (
  name text not null,
  every interval,
  due_at timestamp with time zone,
  done_at timestamp with time zone,
  failed_at timestamp with time zone,
  sql_state text,
  message text,
  constraint duty_pkey PRIMARY KEY (name)
);

create table mayfly.held_key (
  id uuid not null,
  exclusive boolean not null,
  name text not null,
  key text not null,
  constraint held_key_pkey PRIMARY KEY (name, key, id)
);

CREATE UNIQUE INDEX held_key_exclusive ON mayfly.held_key USING btree (name, key) WHERE exclusive;

create table mayfly.idempotency_key (
  id uuid not null,
  at timestamp with time zone not null default now(),
  digest text not null,
  answer jsonb,
  constraint idempotency_key_pkey PRIMARY KEY (id)
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000, autovacuum_vacuum_cost_delay=0);

CREATE INDEX idempotency_key_at ON mayfly.idempotency_key USING btree (at);

create table mayfly.job (
  id uuid not null,
  created_at timestamp with time zone not null default now(),
  run_at timestamp with time zone,
  expires_at timestamp with time zone,
  retry_of uuid,
  timeout_ms integer,
  running_limit integer,
  partition smallint not null,
  priority smallint not null default 0,
  retries smallint not null default 0,
  exclusive boolean,
  idempotent boolean not null default false,
  queue text not null default 'default'::text,
  name text not null,
  key text,
  source text,
  traceparent text,
  tracestate text,
  created_by text,
  payload json not null default '{}'::json
) partition by LIST (partition) /* 13 partitions */;

create table mayfly.lock_row (
  kind text not null,
  name text not null,
  key text not null,
  constraint lock_row_pkey PRIMARY KEY (kind, name, key)
);

create table mayfly.migration (
  number integer not null,
  name text not null,
  digest text not null,
  breaking boolean not null,
  applied_at timestamp with time zone not null default now(),
  constraint migration_pkey PRIMARY KEY (number)
);

create table mayfly.producer_job (
  producer text not null,
  id uuid not null,
  constraint producer_job_pkey PRIMARY KEY (producer, id)
);

create table mayfly.queue (
  name text not null,
  paused_at timestamp with time zone,
  constraint queue_pkey PRIMARY KEY (name)
);

create table mayfly.ready (
  ready_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  id uuid not null,
  timeout_ms integer,
  running_limit integer,
  bytes integer,
  partition smallint not null,
  priority smallint not null,
  retries smallint not null,
  attempt smallint not null default 0,
  free_attempts smallint,
  parked smallint,
  hook_tries smallint,
  has_hook boolean,
  ended boolean,
  hook text,
  queue text not null,
  name text not null,
  held_key text,
  constraint ready_pkey PRIMARY KEY (id)
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000, autovacuum_vacuum_cost_delay=0, autovacuum_analyze_scale_factor=0, autovacuum_analyze_threshold=20000);

CREATE INDEX ready_expiry ON mayfly.ready USING btree (expires_at) WHERE (expires_at IS NOT NULL);

CREATE INDEX ready_next ON mayfly.ready USING btree (queue, priority DESC, ready_at);

create table mayfly.result (
  id uuid not null,
  claim_id uuid not null,
  worker_id uuid,
  retried_as uuid,
  ready_at timestamp with time zone,
  started_at timestamp with time zone,
  finished_at timestamp with time zone not null default now(),
  retry_at timestamp with time zone,
  partition smallint not null,
  attempt smallint not null,
  outcome mayfly.outcome not null,
  queue text not null,
  name text not null,
  key text,
  error json,
  output json
) partition by LIST (partition) /* 13 partitions */;

CREATE INDEX result_finished ON ONLY mayfly.result USING btree (finished_at, id);

CREATE INDEX result_key ON ONLY mayfly.result USING btree (key, finished_at) WHERE (key IS NOT NULL);

CREATE INDEX result_outcome ON ONLY mayfly.result USING btree (outcome, finished_at) WHERE ((outcome)::text <> 'successful'::text);

create table mayfly.running (
  ready_at timestamp with time zone not null,
  started_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  id uuid not null,
  claim_id uuid not null,
  worker_id uuid not null,
  timeout_ms integer,
  running_limit integer,
  bytes integer,
  partition smallint not null,
  priority smallint not null,
  retries smallint not null,
  attempt smallint not null,
  free_attempts smallint,
  hook_tries smallint,
  has_hook boolean,
  ended boolean,
  hook text,
  queue text not null,
  name text not null,
  held_key text,
  constraint running_pkey PRIMARY KEY (id)
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000, autovacuum_vacuum_cost_delay=0);

CREATE INDEX running_limited ON mayfly.running USING btree (name, held_key) WHERE (running_limit IS NOT NULL);

CREATE INDEX running_worker ON mayfly.running USING btree (worker_id, claim_id);

create table mayfly.schedule (
  application text not null,
  name text not null,
  fire_count bigint not null default 0,
  next_at timestamp with time zone,
  last_at timestamp with time zone,
  last_job_id uuid,
  paused_at timestamp with time zone,
  resumed_at timestamp with time zone,
  definition jsonb not null,
  constraint schedule_pkey PRIMARY KEY (application, name)
);

create table mayfly.schedule_set (
  application text not null,
  hash text not null,
  applied boolean not null default false,
  first_seen_at timestamp with time zone not null default now(),
  seen_at timestamp with time zone not null default now(),
  constraint schedule_set_pkey PRIMARY KEY (application, hash)
);

create table mayfly.scheduled (
  run_at timestamp with time zone,
  ready_at timestamp with time zone,
  expires_at timestamp with time zone,
  id uuid not null,
  timeout_ms integer,
  running_limit integer,
  bytes integer,
  partition smallint not null,
  priority smallint not null,
  retries smallint not null,
  attempt smallint not null default 0,
  free_attempts smallint,
  parked smallint,
  hook_tries smallint,
  has_hook boolean,
  ended boolean,
  hook text,
  reason text not null default 'due'::text,
  queue text not null,
  name text not null,
  held_key text,
  constraint scheduled_pkey PRIMARY KEY (id)
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000, autovacuum_vacuum_cost_delay=0, autovacuum_analyze_scale_factor=0, autovacuum_analyze_threshold=20000);

CREATE INDEX scheduled_due ON mayfly.scheduled USING btree (run_at) WHERE (run_at IS NOT NULL);

CREATE INDEX scheduled_expiry ON mayfly.scheduled USING btree (expires_at) WHERE (expires_at IS NOT NULL);

CREATE INDEX scheduled_throttled ON mayfly.scheduled USING btree (name, held_key, priority DESC, ready_at) WHERE (run_at IS NULL);

create table mayfly.sign_in (
  address text not null,
  minute timestamp with time zone not null,
  failures integer not null,
  constraint sign_in_pkey PRIMARY KEY (address, minute)
);

create table mayfly.signed_out (
  id text not null,
  at timestamp with time zone not null default now(),
  constraint signed_out_pkey PRIMARY KEY (id)
);

create table mayfly.usage (
  number bigint not null,
  at timestamp with time zone not null default now(),
  bytes bigint not null,
  ms bigint not null,
  round_trips integer not null,
  jobs integer not null,
  span text not null default 'call'::text,
  constraint usage_pkey PRIMARY KEY (number),
  constraint usage_span CHECK ((span = ANY (ARRAY['call'::text, 'minute'::text])))
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000, autovacuum_vacuum_cost_delay=0);

CREATE INDEX usage_at ON mayfly.usage USING btree (span, at);

create table mayfly.worker (
  id uuid not null,
  started_at timestamp with time zone not null default now(),
  heartbeat_at timestamp with time zone not null default now(),
  deadline_at timestamp with time zone,
  left_at timestamp with time zone,
  listening boolean not null default false,
  runtime text,
  host text,
  queues text[] not null default '{}'::text[],
  constraint worker_pkey PRIMARY KEY (id)
) with (fillfactor=50, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=200, autovacuum_vacuum_cost_delay=0);

CREATE INDEX worker_listening ON mayfly.worker USING btree (id) WHERE listening;

create view mayfly.live as
 SELECT r.id,
    r.partition,
    r.queue,
    r.name,
    r.priority,
    r.retries,
    r.timeout_ms,
    r.expires_at,
    r.running_limit,
    r.bytes,
    r.held_key,
    r.attempt,
    r.free_attempts,
    r.has_hook,
    r.hook,
    r.hook_tries,
    r.ended,
    r.ready_at,
    NULL::timestamp with time zone AS run_at,
    NULL::timestamp with time zone AS started_at,
    NULL::uuid AS worker_id,
    NULL::uuid AS claim_id,
    r.parked,
    'ready'::text AS state,
    NULL::text AS reason
   FROM mayfly.ready r
UNION ALL
 SELECT s.id,
    s.partition,
    s.queue,
    s.name,
    s.priority,
    s.retries,
    s.timeout_ms,
    s.expires_at,
    s.running_limit,
    s.bytes,
    s.held_key,
    s.attempt,
    s.free_attempts,
    s.has_hook,
    s.hook,
    s.hook_tries,
    s.ended,
    s.ready_at,
    s.run_at,
    NULL::timestamp with time zone AS started_at,
    NULL::uuid AS worker_id,
    NULL::uuid AS claim_id,
    s.parked,
    'scheduled'::text AS state,
    s.reason
   FROM mayfly.scheduled s
UNION ALL
 SELECT n.id,
    n.partition,
    n.queue,
    n.name,
    n.priority,
    n.retries,
    n.timeout_ms,
    n.expires_at,
    n.running_limit,
    n.bytes,
    n.held_key,
    n.attempt,
    n.free_attempts,
    n.has_hook,
    n.hook,
    n.hook_tries,
    n.ended,
    n.ready_at,
    NULL::timestamp with time zone AS run_at,
    n.started_at,
    n.worker_id,
    n.claim_id,
    NULL::smallint AS parked,
    'running'::text AS state,
    NULL::text AS reason
   FROM mayfly.running n;

create view mayfly.process as
 SELECT l.id,
    l.name,
    l.queue,
    l.priority,
    l.ready_at AS run_at,
    j.created_at,
    l.started_at,
    l.attempt,
    l.retries,
    j.key,
    l.worker_id,
    l.claim_id,
    ( SELECT c.at
           FROM mayfly.cancel c
          WHERE c.id = l.id) AS cancel_requested_at,
    j.source,
    j.traceparent,
    j.payload
   FROM mayfly.live l
     JOIN mayfly.job j ON j.partition = l.partition AND j.id = l.id
  WHERE l.state = 'running'::text AND l.ended IS NOT TRUE;

create view mayfly.request as
 SELECT l.id,
    l.name,
    l.queue,
    l.state,
    l.reason,
    l.priority,
    COALESCE(l.run_at, l.ready_at) AS run_at,
    l.ready_at,
    l.expires_at,
    j.created_at,
    l.attempt,
    l.retries,
    j.key,
    j.source,
    j.traceparent,
    j.payload
   FROM mayfly.live l
     JOIN mayfly.job j ON j.partition = l.partition AND j.id = l.id
  WHERE l.state <> 'running'::text AND l.ended IS NOT TRUE;

create view mayfly.results as
 SELECT r.id,
    r.name,
    r.queue,
    r.outcome,
    j.priority,
    r.ready_at AS run_at,
    j.created_at,
    r.started_at,
    r.finished_at,
    r.retry_at,
    r.retried_as,
    r.attempt,
    j.retries,
    r.key,
    r.worker_id,
    r.claim_id,
    j.source,
    j.traceparent,
    j.payload,
    r.error,
    r.output
   FROM mayfly.result r
     JOIN mayfly.job j ON j.partition = r.partition AND j.id = r.id;

create type mayfly.capacity as (queues text[], names text[], hook_names text[], max_timeout_ms bigint, max_bytes bigint, park boolean);

create type mayfly.ending as (job mayfly.running, outcome text, retry_in_ms bigint, counts_as_attempt boolean, has_hook boolean, error json, output json);

create type mayfly.finished as (id uuid, partition smallint, claim_id uuid, retried_as uuid);

create type mayfly.freed as (id uuid, name text, held_key text, running_limit integer, gone boolean);

create type mayfly.job_request as (retry_of uuid, timeout_ms mayfly.positive, running_limit mayfly.positive, priority smallint, retries mayfly.retries, exclusive boolean, idempotent boolean, queue mayfly.short_name, name mayfly.short_name, key mayfly.short_key, source mayfly.short_text, traceparent mayfly.short_text, tracestate mayfly.short_text, created_by mayfly.short_text, payload mayfly.payload);

create type mayfly.new_job as (nth bigint, id uuid, partition smallint, run_at mayfly.finite_time, expires_at mayfly.finite_time, at_once boolean, counted boolean, live_limit mayfly.positive, expect_pending integer, expect_running integer, held_key text, bytes integer, request mayfly.job_request);

create type mayfly.transition as (job mayfly.running, outcome text, retry_in_ms bigint, counts_as_attempt boolean, error json, output json, result text, next text, over boolean);

create type mayfly.watermarks as ("least" smallint[], most smallint[], since timestamp with time zone[], due timestamp with time zone);

create function mayfly.admit_throttled(
  name text,
  key text,
  upto integer
)
returns timestamp with time zone
language plpgsql;
-- body 23fa8a27e5db, may be run by postgres=X/postgres

create function mayfly.after_attempt(
  outcome text,
  again boolean,
  cancelled boolean,
  has_hook boolean,
  ended boolean
)
returns TABLE(result text, next text, over boolean)
language sql;
-- body 6c7fd20fc366, may be run by postgres=X/postgres

create function mayfly.announce_schedules_v1(
  application text,
  hash text,
  schedules json
)
returns text
language plpgsql security definer
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set lock_timeout=1s
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body e1c92c481d18, may be run by postgres=X/postgres

create function mayfly.attempts_made(
  job mayfly.running,
  outcome text,
  counts_as_attempt boolean
)
returns smallint
language sql;
-- body 1599237d6a68, may be run by postgres=X/postgres

create function mayfly.cancel_v1(
  id uuid
)
returns text
language plpgsql security definer
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set lock_timeout=2s
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body 2910e13a5c2a, may be run by postgres=X/postgres

create function mayfly.cancel_waiting(
  ids uuid[],
  reason text,
  message text
)
returns integer
language plpgsql;
-- body acd0255f8800, may be run by postgres=X/postgres

create function mayfly.check_new_jobs(
  jobs jsonb
)
returns void
language plpgsql;
-- body a0485a464c38, may be run by postgres=X/postgres

create function mayfly.clear_past(
  days integer,
  upto integer,
  OUT emptied integer,
  OUT kept integer,
  OUT deleted integer
)
returns record
language plpgsql security definer
set search_path=pg_catalog, pg_temp;
-- body 82e4823e031c, may be run by postgres=X/postgres

create function mayfly.closed_partitions(
  days integer
)
returns smallint[]
language sql;
-- body 9cd632c35a2c, may be run by postgres=X/postgres

create function mayfly.counted_queues(

)
returns text[]
language sql;
-- body b15a345f84d2, may be run by postgres=X/postgres

create function mayfly.day_floor(
  day integer
)
returns uuid
language sql;
-- body 35556456ff42, may be run by postgres=X/postgres

create function mayfly.delete_past(
  part smallint,
  days integer,
  upto integer
)
returns integer
language plpgsql;
-- body bfb35cf2c17a, may be run by postgres=X/postgres

create function mayfly.duration_bucket(
  since timestamp with time zone,
  until timestamp with time zone
)
returns smallint
language sql;
-- body e6487d902244, may be run by postgres=X/postgres

create function mayfly.duty_admit(
  upto integer,
  retention_days integer
)
returns integer
language plpgsql;
-- body 429eb81863e5, may be run by postgres=X/postgres

create function mayfly.duty_count(
  upto integer,
  retention_days integer
)
returns integer
language sql;
-- body 0acca34b9808, may be run by postgres=X/postgres

create function mayfly.duty_expire(
  upto integer,
  retention_days integer
)
returns integer
language sql;
-- body 908e123a10da, may be run by postgres=X/postgres

create function mayfly.duty_forget(
  upto integer,
  retention_days integer
)
returns integer
language plpgsql;
-- body d170d49567d1, may be run by postgres=X/postgres

create function mayfly.duty_retention(
  upto integer,
  retention_days integer
)
returns integer
language plpgsql;
-- body 3f7e22629342, may be run by postgres=X/postgres

create function mayfly.duty_stragglers(
  upto integer,
  retention_days integer
)
returns integer
language sql;
-- body 95a3fb338b9a, may be run by postgres=X/postgres

create function mayfly.end_attempts(
  endings mayfly.ending[]
)
returns mayfly.freed[]
language plpgsql;
-- body bc45f526572a, may be run by postgres=X/postgres

create function mayfly.enqueue_answers(
  requests mayfly.new_job[],
  entered uuid[],
  blocked uuid[],
  refused jsonb
)
returns TABLE(id uuid, outcome text, existing_id uuid, pending integer, running integer)
language sql;
-- body 2bc65908cf61, may be run by postgres=X/postgres

create function mayfly.enqueue_counted(
  jobs mayfly.new_job[],
  sent_at timestamp with time zone,
  OUT entered uuid[],
  OUT refused jsonb
)
returns record
language plpgsql;
-- body cfcd531df692, may be run by postgres=X/postgres

create function mayfly.enqueue_group_v1(
  kind jsonb,
  ids uuid[],
  payloads json
)
returns json
language plpgsql security definer
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set lock_timeout=2s
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body 6c96e50838ee, may be run by postgres=X/postgres

create function mayfly.enqueue_now(
  jobs jsonb,
  strict boolean,
  allow_blocked boolean,
  quiet boolean
)
returns TABLE(id uuid, outcome text, existing_id uuid, pending integer, running integer)
language plpgsql;
-- body c60a24d4c778, may be run by postgres=X/postgres

create function mayfly.enqueue_once_v1(
  key uuid,
  digest text,
  jobs jsonb
)
returns TABLE(replayed boolean, id uuid, outcome text, existing_id uuid, pending integer, running integer)
language plpgsql security definer
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set lock_timeout=2s
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body 5bc5b363f2d5, may be run by postgres=X/postgres

create function mayfly.enqueue_one_v1(
  kind jsonb,
  id uuid,
  payload json
)
returns json
language plpgsql security definer
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set lock_timeout=2s
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body a4fb6b51e047, may be run by postgres=X/postgres

create function mayfly.enqueue_v1(
  jobs jsonb,
  strict boolean DEFAULT false,
  allow_blocked boolean DEFAULT false,
  quiet boolean DEFAULT false
)
returns TABLE(id uuid, outcome text, existing_id uuid, pending integer, running integer)
language plpgsql security definer
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set lock_timeout=2s
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body 16df693d45ad, may be run by postgres=X/postgres

create function mayfly.far(

)
returns smallint
language sql;
-- body 1900c9b7e3c2, may be run by postgres=X/postgres

create function mayfly.fire_v1(
  application text,
  fires json
)
returns TABLE(name text, outcomes text[])
language plpgsql security definer
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set lock_timeout=10ms
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body b275714c17ad, may be run by postgres=X/postgres

create function mayfly.free_attempts(
  job mayfly.running,
  outcome text,
  counts_as_attempt boolean
)
returns smallint
language sql;
-- body 0c12e6410c59, may be run by postgres=X/postgres

create function mayfly.grant_v1(
  kind text,
  grantee text,
  run boolean DEFAULT true
)
returns SETOF text
language plpgsql
set search_path=pg_catalog, pg_temp;
-- body c6e73be7f612, may be run by postgres=X/postgres

create function mayfly.hold_keys(
  jobs mayfly.new_job[]
)
returns uuid[]
language plpgsql;
-- body 4a92dd30a4c8, may be run by postgres=X/postgres

create function mayfly.id_day(
  id uuid
)
returns integer
language sql;
-- body 1989a509f384, may be run by postgres=X/postgres

create function mayfly.insert_jobs(
  jobs mayfly.new_job[]
)
returns uuid[]
language plpgsql;
-- body bbe0ee05696f, may be run by postgres=X/postgres

create function mayfly.insert_live(
  jobs mayfly.new_job[],
  sent_at timestamp with time zone
)
returns void
language plpgsql;
-- body 96e9b9a60cda, may be run by postgres=X/postgres

create function mayfly.is_plain(
  fields jsonb
)
returns boolean
language sql;
-- body 7c34dcc00aee, may be run by postgres=X/postgres

create function mayfly.job_matches(
  job mayfly.live,
  request mayfly.job,
  wanted jsonb
)
returns boolean
language sql;
-- body 32e662b6df67, may be run by postgres=X/postgres

create function mayfly.job_summary(
  job mayfly.live,
  request mayfly.job,
  cancelled_at timestamp with time zone
)
returns json
language sql;
-- body 8b800596c95c, may be run by postgres=X/postgres

create function mayfly.jobs_again(
  ids uuid[],
  new_ids uuid[],
  wanted uuid[]
)
returns SETOF mayfly.new_job
language sql;
-- body 1f63e7562c34, may be run by postgres=X/postgres

create function mayfly.key_to_hold(
  request mayfly.job_request
)
returns text
language sql;
-- body 50f77a4b14c0, may be run by postgres=X/postgres

create function mayfly.large(
  payload json
)
returns integer
language sql;
-- body 4a4c9bd9eb94, may be run by postgres=X/postgres

create function mayfly.live_count(
  name text,
  key text,
  upto integer,
  OUT pending integer,
  OUT running integer
)
returns record
language plpgsql security definer
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body 1cdd66efc013, may be run by postgres=X/postgres

create function mayfly.lock_finished(
  ids uuid[]
)
returns SETOF mayfly.finished
language sql;
-- body 7b7c8e0e73f7, may be run by postgres=X/postgres

create function mayfly.lock_for_cancel(
  id uuid
)
returns boolean
language plpgsql;
-- body cdc3c2a6a78e, may be run by postgres=X/postgres

create function mayfly.lock_live_limits(
  jobs mayfly.new_job[]
)
returns void
language plpgsql;
-- body d88bbc9f0993, may be run by postgres=X/postgres

create function mayfly.lock_running_limit(
  name text,
  key text
)
returns void
language sql;
-- body e41d6dbaf64e, may be run by postgres=X/postgres

create function mayfly.lost_attempt(
  job mayfly.running
)
returns mayfly.ending
language sql;
-- body bbc6e04ee9ae, may be run by postgres=X/postgres

create function mayfly.maintain_v1(
  retention_days integer,
  upto integer
)
returns TABLE(duty text, done integer, more boolean, sql_state text, message text)
language plpgsql security definer
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set lock_timeout=2s
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body a9c0d90ac337, may be run by postgres=X/postgres

create function mayfly.maintenance_due(

)
returns boolean
language sql;
-- body fabf185f5d2b, may be run by postgres=X/postgres

create function mayfly.move_jobs(
  ends mayfly.transition[]
)
returns void
language plpgsql;
-- body e414460360cb, may be run by postgres=X/postgres

create function mayfly.move_stragglers(
  upto integer
)
returns integer
language plpgsql;
-- body d6eb475b9605, may be run by postgres=X/postgres

create function mayfly.new_jobs(
  jobs jsonb
)
returns SETOF mayfly.new_job
language plpgsql;
-- body f30745b9d581, may be run by postgres=X/postgres

create function mayfly.note_rescue(
  sql_state text,
  message text
)
returns void
language sql;
-- body 0f33b04671c1, may be run by postgres=X/postgres

create function mayfly.notify_ready(
  queues text[],
  ready_from timestamp with time zone DEFAULT now()
)
returns void
language plpgsql;
-- body 954bc6f95f25, may be run by postgres=X/postgres

create function mayfly.on_grid(
  at timestamp with time zone,
  width integer
)
returns timestamp with time zone
language sql;
-- body 1ddbd6be2064, may be run by postgres=X/postgres

create function mayfly.orphan_workers(
  asker uuid
)
returns SETOF uuid
language sql;
-- body fc38041f736a, may be run by postgres=X/postgres

create function mayfly.overdue_since(

)
returns timestamp with time zone
language sql;
-- body 5db812db6681, may be run by postgres=X/postgres

create function mayfly.park_delay(
  parked smallint
)
returns interval
language sql;
-- body bc14341df47d, may be run by postgres=X/postgres

create function mayfly.partition_last_day(
  partition integer,
  today integer
)
returns integer
language sql;
-- body 2a3026c1a5d5, may be run by postgres=X/postgres

create function mayfly.partition_of(
  id uuid
)
returns smallint
language sql;
-- body 38f7dbc8da85, may be run by postgres=X/postgres

create function mayfly.privileges_of(
  kind text
)
returns TABLE(privilege text, object text, granted boolean)
language sql
set search_path=pg_catalog, pg_temp;
-- body 812ff373238b, may be run by postgres=X/postgres

create function mayfly.producer_jobs_v1(
  producer text,
  ids uuid[],
  most integer
)
returns integer
language plpgsql security definer
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set lock_timeout=2s
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body 1333e9b70f2b, may be run by postgres=X/postgres

create function mayfly.purge_v1(
  queue text,
  upto integer,
  OUT ended integer,
  OUT removed integer
)
returns record
language plpgsql security definer
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set lock_timeout=5s
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body 049730ee9c3e, may be run by postgres=X/postgres

create function mayfly.purged_attempt(
  job mayfly.running
)
returns mayfly.ending
language plpgsql;
-- body 47d662406be8, may be run by postgres=X/postgres

create function mayfly.record_usage(
  usage json
)
returns void
language sql;
-- body 73282e250f4c, may be run by postgres=X/postgres

create function mayfly.refuse_strictly(
  id uuid,
  outcome text,
  existing_id uuid,
  allow_blocked boolean
)
returns void
language plpgsql;
-- body b9c21047d9f3, may be run by postgres=X/postgres

create function mayfly.release(
  freed mayfly.freed[]
)
returns timestamp with time zone
language plpgsql;
-- body d0e518efd9b6, may be run by postgres=X/postgres

create function mayfly.request_of(
  fields jsonb
)
returns mayfly.job_request
language sql;
-- body e009496e4036, may be run by postgres=X/postgres

create function mayfly.require_read_committed(

)
returns void
language plpgsql;
-- body 5eb722332df7, may be run by postgres=X/postgres

create function mayfly.rescue_v1(
  stale_ms bigint,
  upto integer,
  asker uuid
)
returns TABLE(lost integer, more boolean, rescued json)
language plpgsql
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set lock_timeout=1s
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body 9e3abdb3adb6, may be run by postgres=X/postgres

create function mayfly.result_matches(
  result mayfly.result,
  request mayfly.job,
  wanted jsonb
)
returns boolean
language sql;
-- body f072fe2d4ef9, may be run by postgres=X/postgres

create function mayfly.result_summary(
  result mayfly.result,
  request mayfly.job
)
returns json
language sql;
-- body c9a6f83613ce, may be run by postgres=X/postgres

create function mayfly.retry_v1(
  ids uuid[],
  new_ids uuid[]
)
returns TABLE(outcome text, job_id uuid)
language plpgsql security definer
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set lock_timeout=2s
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body d5584b9deffc, may be run by postgres=X/postgres

create function mayfly.roll_up_attempt_counts(
  upto integer
)
returns integer
language plpgsql;
-- body 81d09b0a6c3f, may be run by postgres=X/postgres

create function mayfly.roll_up_usage(
  most integer
)
returns integer
language plpgsql;
-- body d610d1891b52, may be run by postgres=X/postgres

create function mayfly.runs_here(
  name text,
  hook text,
  timeout_ms integer,
  capacity mayfly.capacity
)
returns boolean
language sql;
-- body 3fc567655f7e, may be run by postgres=X/postgres

create function mayfly.schedule_set_state(
  application text,
  hash text
)
returns text
language plpgsql;
-- body 9db8d1961c18, may be run by postgres=X/postgres

create function mayfly.take_waiting(
  ids uuid[],
  hooks boolean
)
returns SETOF mayfly.running
language sql;
-- body 11b453d3ebdd, may be run by postgres=X/postgres

create function mayfly.tick_v1(
  stale_ms bigint,
  upto integer,
  queues text[],
  options json
)
returns TABLE(lost integer, more boolean, rescued json, sql_state text, message text, ready boolean, next_due timestamp with time zone, maintenance_due boolean, set_state text, schedules json, next_fire timestamp with time zone)
language plpgsql security definer
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set lock_timeout=1s
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body 35e137ff3b06, may be run by postgres=X/postgres

create function mayfly.truncate_partition(
  part smallint,
  days integer
)
returns text
language plpgsql
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set lock_timeout=100ms
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body 19e3d9a58be2, may be run by postgres=X/postgres

create function mayfly.try_running_limit(
  name text,
  key text
)
returns boolean
language plpgsql
set lock_timeout=10ms;
-- body 0dcd9f583b56, may be run by postgres=X/postgres

create function mayfly.turn_claim(
  worker uuid,
  claim uuid,
  slots integer,
  queues text[],
  capacity mayfly.capacity,
  marks mayfly.watermarks,
  OUT claimed integer,
  OUT set_aside integer,
  OUT busy boolean,
  OUT exhausted boolean,
  OUT left_behind json
)
returns record
language plpgsql;
-- body 5f31d9187ede, may be run by postgres=X/postgres

create function mayfly.turn_claim_limited(
  tids tid[],
  worker uuid,
  claim uuid,
  capacity mayfly.capacity,
  OUT claimed integer,
  OUT full_limits jsonb[],
  OUT busy boolean
)
returns record
language plpgsql;
-- body f9af759ca03a, may be run by postgres=X/postgres

create function mayfly.turn_claimed(
  worker uuid,
  claim uuid
)
returns TABLE(head json, rest json, payload json)
language plpgsql;
-- body ebfc5726f6f5, may be run by postgres=X/postgres

create function mayfly.turn_end(
  worker uuid,
  settled json,
  OUT freed mayfly.freed[],
  OUT missed jsonb,
  OUT ready_from timestamp with time zone
)
returns record
language plpgsql;
-- body 4ee8eea5a32b, may be run by postgres=X/postgres

create function mayfly.turn_fit_bytes(
  tids tid[],
  bytes_left bigint,
  capacity mayfly.capacity,
  first boolean
)
returns tid[]
language sql;
-- body 1f89f07c82ce, may be run by postgres=X/postgres

create function mayfly.turn_heartbeat(
  worker uuid,
  presence json
)
returns boolean
language plpgsql;
-- body 357bc18df7d1, may be run by postgres=X/postgres

create function mayfly.turn_lock_head(
  queues text[],
  marks mayfly.watermarks,
  wanted integer,
  OUT head tid[],
  OUT bytes bigint
)
returns record
language plpgsql;
-- body 8cff1d483c65, may be run by postgres=X/postgres

create function mayfly.turn_lock_queue(
  queue text,
  marks mayfly.watermarks,
  wanted integer,
  taken tid[],
  OUT head tid[],
  OUT bytes bigint
)
returns record
language plpgsql;
-- body 05cafae64023, may be run by postgres=X/postgres

create function mayfly.turn_presence(
  worker uuid,
  claimed integer,
  slots integer,
  listens boolean,
  presence json
)
returns void
language plpgsql;
-- body f4c81d099e9a, may be run by postgres=X/postgres

create function mayfly.turn_promote(
  since timestamp with time zone,
  capacity mayfly.capacity,
  OUT ready_from timestamp with time zone,
  OUT set_aside integer,
  OUT next_due timestamp with time zone
)
returns record
language plpgsql;
-- body 28591a8fef98, may be run by postgres=X/postgres

create function mayfly.turn_rejections(
  missed jsonb
)
returns json
language sql;
-- body f6ced739810b, may be run by postgres=X/postgres

create function mayfly.turn_report(
  worker uuid,
  presence json,
  OUT cancels uuid[],
  OUT lost_claims json
)
returns record
language plpgsql;
-- body be7b0a1c416b, may be run by postgres=X/postgres

create function mayfly.turn_scan_head(
  queues text[],
  marks mayfly.watermarks,
  upto integer
)
returns TABLE(tid tid, queue text, priority smallint, ready_at timestamp with time zone)
language sql;
-- body f836e2008656, may be run by postgres=X/postgres

create function mayfly.turn_set_aside(
  tids tid[],
  worker uuid,
  claim uuid,
  queues text[],
  marks mayfly.watermarks,
  capacity mayfly.capacity,
  OUT claimed integer,
  OUT set_aside integer,
  OUT busy boolean
)
returns record
language plpgsql;
-- body d791e3a31cf9, may be run by postgres=X/postgres

create function mayfly.turn_settle(
  worker uuid,
  done uuid[],
  done_claims uuid[],
  done_counts integer[],
  settled json,
  OUT rejections json,
  OUT ready_from timestamp with time zone
)
returns record
language plpgsql;
-- body 47fc4818abc9, may be run by postgres=X/postgres

create function mayfly.turn_succeed(
  worker uuid,
  done uuid[],
  done_claims uuid[],
  done_counts integer[],
  OUT freed mayfly.freed[],
  OUT missed jsonb
)
returns record
language plpgsql
set lock_timeout=50ms;
-- body 142fda44cd6b, may be run by postgres=X/postgres

create function mayfly.turn_take(
  tids tid[],
  limited boolean,
  worker uuid,
  claim uuid,
  capacity mayfly.capacity
)
returns integer
language plpgsql;
-- body 6b8367894838, may be run by postgres=X/postgres

create function mayfly.turn_v1(
  worker uuid,
  claim uuid,
  slots integer,
  capacity mayfly.capacity,
  done uuid[],
  done_claims uuid[],
  done_counts integer[],
  settled json,
  marks mayfly.watermarks,
  presence json
)
returns TABLE(head json, rest json, payload json)
language plpgsql security definer
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set lock_timeout=5s
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body e0969d54e859, may be run by postgres=X/postgres

create function mayfly.turn_wait(
  tids tid[],
  capacity mayfly.capacity,
  full_limits jsonb[]
)
returns integer
language plpgsql;
-- body 00c4d0e15dec, may be run by postgres=X/postgres

create function mayfly.undo_jobs(
  ids uuid[]
)
returns void
language plpgsql;
-- body 5e6fe4ebe100, may be run by postgres=X/postgres

create function mayfly.uuid7(

)
returns uuid
language sql;
-- body 3b7edc7a5910, may be run by postgres=X/postgres

create function mayfly.uuid7_floor(
  at timestamp with time zone
)
returns uuid
language sql;
-- body 26812179ec76, may be run by postgres=X/postgres

create function mayfly.write_results(
  ends mayfly.transition[]
)
returns void
language sql;
-- body 63ac21044e13, may be run by postgres=X/postgres
