-- The tables of the queue.
-- breaking: no

-- The rules of single values. A domain's is checked where the value is set, and read from the catalog once a session; a table's check constraints would be
-- read by each statement that writes to it.
create domain mayfly.job_state as text constraint job_state check (value in ('scheduled', 'ready', 'running'));
create domain mayfly.outcome as text constraint outcome check (value in ('successful', 'errored', 'cancelled', 'lost', 'deferred'));
create domain mayfly.hook as text constraint hook check (value in ('lost', 'cancelled', 'errored'));
create domain mayfly.short_name as text constraint short_name check (char_length(value) between 1 and 255);
create domain mayfly.short_key as text constraint short_key check (char_length(value) <= 255);
create domain mayfly.finite_time as timestamptz constraint finite_time check (isfinite(value));
create domain mayfly.positive as integer constraint positive check (value >= 1);
create domain mayfly.retries as smallint constraint retries check (value between 0 and 32766);

-- Live jobs: one row from the enqueue until the last attempt is settled, and its hook, if there is one, has run.
-- hooked: its handler has a hook (null: not known, it was never claimed); hook: the outcome whose hook is due before anything else;
-- ended: it has had its last result, and stays only for that hook, without its key.
-- held: at the running limit of its name and key, waiting for one of them to end. uncharged: attempts in a row that did not count.
create table mayfly.job (
  id uuid not null,
  claim_id uuid,
  worker_id uuid,
  run_at mayfly.finite_time not null,
  ready_at timestamptz,
  expires_at mayfly.finite_time,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  cancel_requested_at timestamptz,
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
  queue mayfly.short_name not null default 'default',
  name mayfly.short_name not null,
  concurrency_key mayfly.short_key,
  retry_of uuid,
  source text,
  traceparent text,
  tracestate text,
  created_by text,
  payload jsonb not null default '{}',
  constraint job_pkey primary key (id),
  -- Statements that go by the claim rely on it.
  constraint job_claim check ((state = 'running') = (claim_id is not null) and (claim_id is null) = (worker_id is null))
) with (
  fillfactor = 80,
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0,
  autovacuum_analyze_scale_factor = 0,
  autovacuum_analyze_threshold = 20000
);

-- Statistics lag behind: an index over rows of a state may be thought to be empty, and is then read whole wherever a statement names that state. So
-- only statements that mean to read such an index name its state; the others go by ctid, or by claim_id and worker_id, which only running rows have.
-- For the same reason no list is joined by id = id: where there seem to be no jobs, reading job_pkey whole, and the list for each entry, looks cheapest, and
-- is what a worker then does for as long as it is connected. id = any (array[id]) is looked up in the index, and is no condition to join by order.
create index job_ready on mayfly.job (queue, priority desc, ready_at, id) where state = 'ready';
create index job_scheduled on mayfly.job (run_at) where state = 'scheduled' and not held;
create index job_running on mayfly.job (worker_id, claim_id) where state = 'running';
create index job_cancel on mayfly.job (worker_id) where cancel_requested_at is not null;
create index job_expiry on mayfly.job (expires_at) where expires_at is not null and state <> 'running' and hook is null;
create index job_held on mayfly.job (name, concurrency_key, priority desc, ready_at, id) where held;
create index job_capped on mayfly.job (name, concurrency_key) where claim_id is not null and running_limit is not null;
create unique index job_key on mayfly.job (name, concurrency_key) where exclusive;
create index job_group on mayfly.job (name, concurrency_key) where concurrency_key is not null and not exclusive;

-- Where the server has lz4, large payloads are stored 1.6 times faster with it.
do $$
begin
  alter table mayfly.job alter column payload set compression lz4;
exception when feature_not_supported or invalid_parameter_value then
  null;
end $$;

-- install: result_slot

-- One row an attempt, append-only.
create table mayfly.result (
  id uuid not null,
  claim_id uuid,
  worker_id uuid,
  retried_as uuid,
  retry_of uuid,
  run_at timestamptz not null,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz not null default now(),
  retry_at timestamptz,
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
) partition by list (slot);

create index result_id on mayfly.result (id);
create index result_finished on mayfly.result (finished_at);
create index result_outcome on mayfly.result (outcome, finished_at) where outcome <> 'successful';
create index result_key on mayfly.result (concurrency_key, finished_at) where concurrency_key is not null;

do $$
begin
  alter table mayfly.result alter column payload set compression lz4;
exception when feature_not_supported or invalid_parameter_value then
  null;
end $$;

do $$
begin
  for slot in 0..31 loop
    execute format('create table mayfly.result_%s partition of mayfly.result for values in (%s)', lpad(slot::text, 2, '0'), slot);
    -- An attempt has no key of its own, and a publication for all tables refuses updates of rows that it cannot tell apart.
    execute format('alter table mayfly.result_%s replica identity full', lpad(slot::text, 2, '0'));
  end loop;
end $$;

-- One row a life of a consumer. The heartbeat is in no index, so that writing it stays a heap-only update.
-- listening: it has slots left and hears notifications: see mayfly.enqueue_v1.
create table mayfly.worker (
  id uuid not null,
  started_at timestamptz not null default now(),
  heartbeat_at timestamptz not null default now(),
  deadline_at timestamptz,
  left_at timestamptz,
  listening boolean not null default false,
  runtime text,
  host text,
  queues text[] not null default '{}',
  constraint worker_pkey primary key (id)
) with (
  fillfactor = 50,
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 200,
  autovacuum_vacuum_cost_delay = 0
);

create index worker_listening on mayfly.worker (id) where listening;

-- One row a claim: the fence that makes a turn repeatable.
create table mayfly.claim (
  id uuid not null,
  worker_id uuid not null,
  at timestamptz not null default now(),
  constraint claim_pkey primary key (id)
) with (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0
);

-- A queue has a row only once it has been paused.
create table mayfly.queue (
  name text not null,
  paused_at timestamptz,
  constraint queue_pkey primary key (name)
);

-- The sets of schedules that deployments of an application have announced. In force is the one first seen last, of those seen lately;
-- applied: the rows of mayfly.schedule are its own.
create table mayfly.schedule_set (
  application text not null,
  hash text not null,
  applied boolean not null default false,
  first_seen_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  constraint schedule_set_pkey primary key (application, hash)
);

-- fire counts the times it has fired: the fence that lets each tick fire once. next_at null: never again. resumed_at: ticks until then do not count.
create table mayfly.schedule (
  application text not null,
  name text not null,
  fire bigint not null default 0,
  next_at timestamptz,
  last_at timestamptz,
  last_job_id uuid,
  paused_at timestamptz,
  resumed_at timestamptz,
  definition jsonb not null,
  constraint schedule_pkey primary key (application, name)
);

-- What is asked for, what runs and what came of it, for people and other programs.
create view mayfly.request as
  select id, name, queue, state, priority, run_at, ready_at, expires_at, created_at, attempt, retries, concurrency_key, parked, source, traceparent, payload
  from mayfly.job
  where state <> 'running' and not ended;

create view mayfly.process as
  select id, name, queue, priority, run_at, created_at, started_at, attempt, retries, concurrency_key, worker_id, claim_id, cancel_requested_at, source, traceparent, payload
  from mayfly.job
  where state = 'running' and not ended;

create view mayfly.results as
  select id, name, queue, outcome, priority, run_at, created_at, started_at, finished_at, retry_at, retried_as, attempt, retries, concurrency_key, worker_id, claim_id, source, traceparent, payload, error, output
  from mayfly.result;
