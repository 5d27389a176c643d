-- The schema after all migrations. Written by `npm run generate`, to be read and compared; not to be edited, nor run.

create domain mayfly.finite_time as timestamp with time zone constraint finite_time CHECK (isfinite(VALUE));

create domain mayfly.hook as text constraint hook CHECK ((VALUE = ANY (ARRAY['lost'::text, 'cancelled'::text, 'errored'::text])));

create domain mayfly.job_state as text constraint job_state CHECK ((VALUE = ANY (ARRAY['scheduled'::text, 'ready'::text, 'running'::text])));

create domain mayfly.outcome as text constraint outcome CHECK ((VALUE = ANY (ARRAY['successful'::text, 'errored'::text, 'cancelled'::text, 'lost'::text, 'deferred'::text])));

create domain mayfly.positive as integer constraint positive CHECK ((VALUE >= 1));

create domain mayfly.retries as smallint constraint retries CHECK (((VALUE >= 0) AND (VALUE <= 32766)));

create domain mayfly.short_key as text constraint short_key CHECK ((char_length(VALUE) <= 255));

create domain mayfly.short_name as text constraint short_name CHECK (((char_length(VALUE) >= 1) AND (char_length(VALUE) <= 255)));

create domain mayfly.tally_span as text constraint tally_span CHECK ((VALUE = ANY (ARRAY['turn'::text, 'minute'::text, 'quarter'::text, 'hour'::text, 'ever'::text])));

create table mayfly.claim (
  id uuid not null,
  worker_id uuid not null,
  at timestamp with time zone not null default now(),
  constraint claim_pkey PRIMARY KEY (id)
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000, autovacuum_vacuum_cost_delay=0);

create table mayfly.cost (
  id bigint not null,
  at timestamp with time zone not null default now(),
  bytes bigint not null,
  ms bigint not null,
  round_trips integer not null,
  jobs integer not null,
  span text not null default 'call'::text,
  constraint cost_pkey PRIMARY KEY (id),
  constraint cost_span CHECK ((span = ANY (ARRAY['call'::text, 'minute'::text])))
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000, autovacuum_vacuum_cost_delay=0);

CREATE INDEX cost_at ON mayfly.cost USING btree (span, at);

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
  claim_id uuid,
  worker_id uuid,
  run_at mayfly.finite_time not null,
  ready_at timestamp with time zone,
  expires_at mayfly.finite_time,
  created_at timestamp with time zone not null default now(),
  started_at timestamp with time zone,
  cancel_requested_at timestamp with time zone,
  timeout_ms mayfly.positive,
  priority smallint not null default 0,
  retries mayfly.retries not null default 0,
  attempt smallint not null default 0,
  uncharged smallint not null default 0,
  parked smallint not null default 0,
  hook_tries smallint not null default 0,
  running_limit mayfly.positive,
  exclusive boolean not null default false,
  idempotent boolean not null default false,
  held boolean not null default false,
  ended boolean not null default false,
  hooked boolean,
  hook mayfly.hook,
  state mayfly.job_state not null,
  queue mayfly.short_name not null default 'default'::text,
  name mayfly.short_name not null,
  concurrency_key mayfly.short_key,
  retry_of uuid,
  source text,
  traceparent text,
  tracestate text,
  created_by text,
  payload jsonb not null default '{}'::jsonb,
  constraint job_pkey PRIMARY KEY (id),
  constraint job_claim CHECK (((((state)::text = 'running'::text) = (claim_id IS NOT NULL)) AND ((claim_id IS NULL) = (worker_id IS NULL))))
) with (fillfactor=80, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000, autovacuum_vacuum_cost_delay=0, autovacuum_analyze_scale_factor=0, autovacuum_analyze_threshold=20000);

CREATE INDEX job_cancel ON mayfly.job USING btree (worker_id) WHERE (cancel_requested_at IS NOT NULL);

CREATE INDEX job_capped ON mayfly.job USING btree (name, concurrency_key) WHERE ((claim_id IS NOT NULL) AND (running_limit IS NOT NULL));

CREATE INDEX job_expiry ON mayfly.job USING btree (expires_at) WHERE ((expires_at IS NOT NULL) AND ((state)::text <> 'running'::text) AND (hook IS NULL));

CREATE INDEX job_group ON mayfly.job USING btree (name, concurrency_key) WHERE ((concurrency_key IS NOT NULL) AND (NOT exclusive));

CREATE INDEX job_held ON mayfly.job USING btree (name, concurrency_key, priority DESC, ready_at, id) WHERE held;

CREATE UNIQUE INDEX job_key ON mayfly.job USING btree (name, concurrency_key) WHERE exclusive;

CREATE INDEX job_ready ON mayfly.job USING btree (queue, priority DESC, ready_at, id) WHERE ((state)::text = 'ready'::text);

CREATE INDEX job_running ON mayfly.job USING btree (worker_id, claim_id) WHERE ((state)::text = 'running'::text);

CREATE INDEX job_scheduled ON mayfly.job USING btree (run_at) WHERE (((state)::text = 'scheduled'::text) AND (NOT held));

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
  retry_of uuid,
  run_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  started_at timestamp with time zone,
  finished_at timestamp with time zone not null default now(),
  retry_at timestamp with time zone,
  timeout_ms integer,
  running_limit integer,
  slot smallint not null default mayfly.result_slot(now()),
  priority smallint not null,
  retries smallint not null,
  attempt smallint not null,
  exclusive boolean not null,
  idempotent boolean not null default false,
  outcome mayfly.outcome not null,
  queue text not null,
  name text not null,
  concurrency_key text,
  source text,
  traceparent text,
  tracestate text,
  created_by text,
  payload jsonb not null,
  error jsonb,
  output jsonb
) partition by LIST (slot) /* 32 partitions */;

CREATE INDEX result_finished ON ONLY mayfly.result USING btree (finished_at);

CREATE INDEX result_id ON ONLY mayfly.result USING btree (id);

CREATE INDEX result_key ON ONLY mayfly.result USING btree (concurrency_key, finished_at) WHERE (concurrency_key IS NOT NULL);

CREATE INDEX result_outcome ON ONLY mayfly.result USING btree (outcome, finished_at) WHERE ((outcome)::text <> 'successful'::text);

create table mayfly.schedule (
  application text not null,
  name text not null,
  fire bigint not null default 0,
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

create table mayfly.sign_in (
  address text not null,
  minute timestamp with time zone not null,
  failures integer not null,
  constraint sign_in_pkey PRIMARY KEY (address, minute)
);

create table mayfly.tally (
  id bigint not null,
  at timestamp with time zone not null default now(),
  attempts bigint not null,
  retries bigint not null,
  waited smallint,
  ran smallint,
  span mayfly.tally_span not null default 'turn'::text,
  outcome text not null,
  queue text not null,
  constraint tally_pkey PRIMARY KEY (id)
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000, autovacuum_vacuum_cost_delay=0);

CREATE INDEX tally_at ON mayfly.tally USING btree (span, at);

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
  WHERE state::text = 'running'::text AND NOT ended;

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
  WHERE state::text <> 'running'::text AND NOT ended;

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

create type mayfly.turn_v1_ranges as ("least" smallint[], most smallint[], since timestamp with time zone[]);

create function mayfly.add_up_costs(
  most integer
)
returns integer
language plpgsql;
-- body d248d3448f64, may be run by postgres=X/postgres

create function mayfly.add_up_tallies(
  most integer
)
returns integer
language plpgsql;
-- body c67157a41bbb, may be run by postgres=X/postgres

create function mayfly.announce_schedules_v1(
  application text,
  hash text,
  schedules json
)
returns text
language plpgsql
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body 7a5974b45a52, may be run by postgres=X/postgres

create function mayfly.cancel_v1(
  id uuid
)
returns text
language plpgsql
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body 4365c0ca89b1, may be run by postgres=X/postgres

create function mayfly.claimed_job(
  j mayfly.job
)
returns json
language sql;
-- body 7704d093c109, may be run by postgres=X/postgres

create function mayfly.duration_step(
  since timestamp with time zone,
  until timestamp with time zone
)
returns smallint
language sql;
-- body e6487d902244, may be run by postgres=X/postgres

create function mayfly.empty_result_slot(
  slot smallint
)
returns boolean
language plpgsql
set lock_timeout=20ms
set search_path=pg_catalog, pg_temp;
-- body e513efd5b79c, may be run by postgres=X/postgres

create function mayfly.end_waiting(
  tids tid[],
  reason text,
  message text
)
returns integer
language plpgsql
set jit=off
set search_path=pg_catalog, pg_temp;
-- body 48f1987904d4, may be run by postgres=X/postgres

create function mayfly.enqueue_input(
  jobs jsonb
)
returns TABLE(nth bigint, id uuid, name text, queue text, priority smallint, retries smallint, timeout_ms integer, due timestamp with time zone, expires timestamp with time zone, key text, exclusive boolean, counted boolean, most integer, expect_pending integer, expect_running integer, running_limit integer, idempotent boolean, source text, traceparent text, tracestate text, created_by text, payload jsonb)
language sql;
-- body c358b4977de7, may be run by postgres=X/postgres

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
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body ca4e43541063, may be run by postgres=X/postgres

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
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body 42ae8cf6fb72, may be run by postgres=X/postgres

create function mayfly.fire_v1(
  application text,
  fires json
)
returns TABLE(name text, outcomes text[])
language plpgsql
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body a6254d8a16c4, may be run by postgres=X/postgres

create function mayfly.job_fits(
  job mayfly.job,
  wanted jsonb
)
returns boolean
language sql;
-- body a0c48f7e83dc, may be run by postgres=X/postgres

create function mayfly.job_summary(
  job mayfly.job
)
returns json
language sql;
-- body efba7b0928b9, may be run by postgres=X/postgres

create function mayfly.let_in(
  name text,
  key text,
  most integer
)
returns tid[]
language plpgsql
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body 677cf862a181, may be run by postgres=X/postgres

create function mayfly.live_count(
  name text,
  key text,
  most integer,
  OUT pending integer,
  OUT running integer
)
returns record
language plpgsql
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body 95786fd6a483, may be run by postgres=X/postgres

create function mayfly.look_v1(
  stale_ms integer,
  most integer,
  queues text[],
  options json
)
returns TABLE(lost integer, ended integer, more boolean, ready boolean, next_due timestamp with time zone, set_state text, schedules json, next_fire timestamp with time zone, rescued json, failed jsonb)
language plpgsql
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body c2560df51758, may be run by postgres=X/postgres

create function mayfly.note_cost(
  cost json
)
returns void
language sql;
-- body aa5a30d1ef58, may be run by postgres=X/postgres

create function mayfly.notify_ready(
  queues text[]
)
returns void
language plpgsql;
-- body 37b6a276e73d, may be run by postgres=X/postgres

create function mayfly.patience(
  parked smallint
)
returns interval
language sql;
-- body e0e73a4060be, may be run by postgres=X/postgres

create function mayfly.rescue_v1(
  stale_ms integer,
  most integer,
  asker uuid
)
returns TABLE(lost integer, more boolean, rescued json)
language plpgsql
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body af34e744280d, may be run by postgres=X/postgres

create function mayfly.result_fits(
  result mayfly.result,
  wanted jsonb
)
returns boolean
language sql;
-- body 531f24ac11b0, may be run by postgres=X/postgres

create function mayfly.result_slot(
  at timestamp with time zone
)
returns smallint
language sql;
-- body 78649f50c9c7, may be run by postgres=X/postgres

create function mayfly.result_slots(
  ids uuid[]
)
returns smallint[]
language plpgsql;
-- body 940f91ffd13f, may be run by postgres=X/postgres

create function mayfly.result_slots_past(
  days integer
)
returns smallint[]
language sql;
-- body 62d7803957e0, may be run by postgres=X/postgres

create function mayfly.result_summary(
  result mayfly.result
)
returns json
language sql;
-- body 33a1a9485c96, may be run by postgres=X/postgres

create function mayfly.retry_v1(
  id uuid,
  new_id uuid
)
returns TABLE(outcome text, job_id uuid)
language plpgsql
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body ad80c04ce4e9, may be run by postgres=X/postgres

create function mayfly.schedule_set_state(
  application text,
  hash text
)
returns text
language plpgsql;
-- body 11da40fa45dc, may be run by postgres=X/postgres

create function mayfly.turn_v1(
  worker uuid,
  claim uuid,
  slots integer,
  queues text[],
  names text[],
  done uuid[],
  done_claims uuid[],
  settled json,
  marks_before json,
  options json
)
returns TABLE(job json, replayed boolean, verdicts json, cancels uuid[], gone uuid[], marks json, parked integer, busy boolean, next_due timestamp with time zone)
language plpgsql
set enable_bitmapscan=off
set enable_hashjoin=off
set enable_mergejoin=off
set enable_seqscan=off
set jit=off
set plan_cache_mode=force_generic_plan
set search_path=pg_catalog, pg_temp;
-- body 85b1b8dc3041, may be run by postgres=X/postgres

create function mayfly.turn_v1_aside(
  tids tid[],
  worker uuid,
  claim uuid,
  queues text[],
  ranges mayfly.turn_v1_ranges,
  names text[],
  fits_ms bigint,
  parks boolean,
  names_hooked text[],
  OUT claimed integer,
  OUT aside integer,
  OUT busy boolean
)
returns record
language plpgsql;
-- body 152f6414f5a2, may be run by postgres=X/postgres

create function mayfly.turn_v1_head(
  queues text[],
  ranges mayfly.turn_v1_ranges,
  wanted integer
)
returns tid[]
language plpgsql;
-- body 58a8b0a8cdce, may be run by postgres=X/postgres

create function mayfly.turn_v1_marks(
  ranges mayfly.turn_v1_ranges,
  taken_priorities smallint[],
  taken_since timestamp with time zone[],
  down_to integer,
  remaining tid[],
  queues text[]
)
returns mayfly.turn_v1_ranges
language plpgsql;
-- body 918e7fa5f034, may be run by postgres=X/postgres

create function mayfly.turn_v1_peek(
  queues text[],
  ranges mayfly.turn_v1_ranges,
  wanted integer
)
returns TABLE(tid tid, queue text, priority smallint, ready_at timestamp with time zone, id uuid)
language sql;
-- body da73e538bf0c, may be run by postgres=X/postgres

create function mayfly.turn_v1_promote(
  since timestamp with time zone,
  names text[],
  fits_ms bigint,
  parks boolean,
  OUT promoted tid[],
  OUT aside integer,
  OUT next_due timestamp with time zone
)
returns record
language plpgsql;
-- body 81d394231f68, may be run by postgres=X/postgres

create function mayfly.turn_v1_settle(
  settled json,
  OUT applied uuid[],
  OUT capped jsonb
)
returns record
language plpgsql;
-- body 4805806e25ca, may be run by postgres=X/postgres

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
