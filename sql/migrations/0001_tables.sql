-- The tables of the queue. What was asked for is one row of mayfly.job, written once. What moves is narrow: a live job
-- has one row in ready, scheduled or running, and each attempt leaves one row in result.
-- breaking: no

-- The rules of single values: types of what an enqueue takes, and of the fields of mayfly.new_job, so that a call
-- checks each value once. As types of columns, or as check constraints of tables, they would be checked for each row.
create domain mayfly.outcome as text constraint outcome check (value in ('successful', 'errored', 'cancelled', 'lost', 'deferred'));
create domain mayfly.short_name as text constraint short_name check (char_length(value) between 1 and 255);
create domain mayfly.short_key as text constraint short_key check (char_length(value) <= 255);
create domain mayfly.short_text as text constraint short_text check (octet_length(value) <= 2048);
create domain mayfly.finite_time as timestamptz constraint finite_time check (isfinite(value));
create domain mayfly.positive as integer constraint positive check (value >= 1);
create domain mayfly.retries as smallint constraint retries check (value between 0 and 32766);
create domain mayfly.payload as json constraint payload check (octet_length(value::text) <= 4194304);

-- install: far id_day day_floor partition_of uuid7_floor uuid7

-- What was asked for. Insert-only. A row stays until retention truncates its partition, so an id is known for as long
-- as its results are kept.
-- partition: a function of the id alone, see mayfly.partition_of. The primary key of each partition is what makes an
-- enqueue happen at most once.
-- run_at: null, at once. exclusive: its key is held by one live job at a time.
create table mayfly.job (
  id uuid not null,
  created_at timestamptz not null default now(),
  run_at timestamptz,
  expires_at timestamptz,
  retry_of uuid,
  timeout_ms integer,
  running_limit integer,
  partition smallint not null,
  priority smallint not null default 0,
  retries smallint not null default 0,
  exclusive boolean not null default false,
  idempotent boolean not null default false,
  queue text not null default 'default',
  name text not null,
  key text,
  source text,
  traceparent text,
  tracestate text,
  created_by text,
  payload json not null default '{}'
) partition by list (partition);

-- The three tables of live jobs. They share the columns that the queue needs of a job, and these, which say how far it
-- has come:
-- attempt        attempts begun
-- free_attempts  attempts in a row that did not count
-- hook           the outcome whose hook runs before anything else; hook_tries: how often it was begun
-- has_hook       its handler has a hook; null: no worker has said yet
-- ended          it has had its last result, and stays only for its hook, without its key
-- held_key       the key of its row in mayfly.held_key, '' where there is a limit but no key; null: it has no such row
-- bytes          of a large payload: over 64 KiB, or its share of a call that was larger in all; else null

-- Jobs that may be claimed, in the order of ready_next.
create table mayfly.ready (
  ready_at timestamptz not null,
  expires_at timestamptz,
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
  constraint ready_pkey primary key (id)
) with (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0,
  autovacuum_analyze_scale_factor = 0,
  autovacuum_analyze_threshold = 20000
);

create index ready_next on mayfly.ready (queue, priority desc, ready_at);
create index ready_expiry on mayfly.ready (expires_at) where expires_at is not null;

-- Jobs that wait. reason: due, until run_at; parked, no worker that met it could run it, and it is tried again at
-- run_at; throttled, it is at its running limit, and run_at is null.
-- ready_at: when it first became ready, which keeps its place in the order; null: it never was. parked: how often it
-- was parked.
create table mayfly.scheduled (
  run_at timestamptz,
  ready_at timestamptz,
  expires_at timestamptz,
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
  reason text not null default 'due',
  queue text not null,
  name text not null,
  held_key text,
  constraint scheduled_pkey primary key (id)
) with (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0,
  autovacuum_analyze_scale_factor = 0,
  autovacuum_analyze_threshold = 20000
);

create index scheduled_due on mayfly.scheduled (run_at) where run_at is not null;
create index scheduled_throttled on mayfly.scheduled (name, held_key, priority desc, ready_at) where run_at is null;
create index scheduled_expiry on mayfly.scheduled (expires_at) where expires_at is not null;

-- Jobs that run. claim_id is the fence: only a settlement that names it is accepted.
create table mayfly.running (
  ready_at timestamptz not null,
  started_at timestamptz not null default now(),
  expires_at timestamptz,
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
  constraint running_pkey primary key (id)
) with (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0
);

create index running_worker on mayfly.running (worker_id, claim_id);
create index running_limited on mayfly.running (name, held_key) where running_limit is not null;

-- One row an attempt, in the partition of its job. claim_id: nil for a job that ended without an attempt, so that the
-- primary key holds at most one result an attempt. retried_as: the job that a retry by hand made of it.
create table mayfly.result (
  id uuid not null,
  claim_id uuid not null,
  worker_id uuid,
  retried_as uuid,
  ready_at timestamptz,
  started_at timestamptz,
  finished_at timestamptz not null default now(),
  retry_at timestamptz,
  partition smallint not null,
  attempt smallint not null,
  outcome mayfly.outcome not null,
  queue text not null,
  name text not null,
  key text,
  error json,
  output json
) partition by list (partition);

create index result_finished on mayfly.result (finished_at, id);
create index result_outcome on mayfly.result (outcome, finished_at) where outcome <> 'successful';
create index result_key on mayfly.result (key, finished_at) where key is not null;

-- What a job stores is compressed with lz4 where the server has it, else not at all: pglz takes six times as long as
-- writing the bytes.
-- Partitions take this over only as they are made.
do $$
begin
  alter table mayfly.job alter column payload set compression lz4;
exception when feature_not_supported or invalid_parameter_value then
  alter table mayfly.job alter column payload set storage external;
end $$;

-- A ring of partitions of four days, and one more, far: see mayfly.partition_of.
do $$
begin
  for part in 0..mayfly.far() loop
    execute format('create table mayfly.job_%s partition of mayfly.job for values in (%s)', lpad(part::text, 2, '0'), part);
    execute format('alter table mayfly.job_%1$s add constraint job_%1$s_pkey primary key (id)', lpad(part::text, 2, '0'));
    execute format('create table mayfly.result_%s partition of mayfly.result for values in (%s)', lpad(part::text, 2, '0'), part);
    execute format('alter table mayfly.result_%1$s add constraint result_%1$s_pkey primary key (id, claim_id)', lpad(part::text, 2, '0'));
  end loop;
end $$;

-- What live jobs hold: their key, alone where exclusive, or together with others of the name and key that count against
-- a limit.
create table mayfly.held_key (
  id uuid not null,
  exclusive boolean not null,
  name text not null,
  key text not null,
  constraint held_key_pkey primary key (name, key, id)
);

create unique index held_key_exclusive on mayfly.held_key (name, key) where exclusive;

-- Rows to lock, so that no advisory number is locked that any login role could take. kind live: count live jobs of a
-- name and key before an enqueue; running: claim under a running limit, or free a place; schedules: change the
-- schedules of an application.
create table mayfly.lock_row (
  kind text not null,
  name text not null,
  key text not null,
  constraint lock_row_pkey primary key (kind, name, key)
);

-- Jobs that are to stop. Of one that succeeded all the same, the row stays until housekeeping forgets it.
create table mayfly.cancel (
  id uuid not null,
  at timestamptz not null default now(),
  constraint cancel_pkey primary key (id)
);

-- One row for each life of a consumer. No index has the heartbeat, so that writing it stays a heap-only update.
-- listening: it has slots left and hears notifications, see mayfly.notify_ready.
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

-- One row a claim: the fence that makes a turn repeatable. Kept for an hour, longer than any client repeats a call.
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

-- The sets of schedules that deployments of an application have announced. In force is the set that was first seen
-- last, of those seen lately; applied: the rows of mayfly.schedule are its own.
create table mayfly.schedule_set (
  application text not null,
  hash text not null,
  applied boolean not null default false,
  first_seen_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  constraint schedule_set_pkey primary key (application, hash)
);

-- fire_count is the fence that lets each tick fire once. next_at null: never again. resumed_at: ticks until then do not
-- count.
create table mayfly.schedule (
  application text not null,
  name text not null,
  fire_count bigint not null default 0,
  next_at timestamptz,
  last_at timestamptz,
  last_job_id uuid,
  paused_at timestamptz,
  resumed_at timestamptz,
  definition jsonb not null,
  constraint schedule_pkey primary key (application, name)
);

-- All live jobs, each in one row, wherever it is. state: ready, scheduled or running; reason of a scheduled job: due,
-- parked or throttled.
create view mayfly.live as
  select
    {asked of r}, {progress of r}, r.ready_at, null::timestamptz as run_at, null::timestamptz as started_at, null::uuid as worker_id, null::uuid as claim_id,
    r.parked, 'ready'::text as state, null::text as reason
  from mayfly.ready r
  union all
  select
    {asked of s}, {progress of s}, s.ready_at, s.run_at, null, null, null,
    s.parked, 'scheduled', s.reason
  from mayfly.scheduled s
  union all
  select
    {asked of n}, {progress of n}, n.ready_at, null, n.started_at, n.worker_id, n.claim_id,
    null, 'running', null
  from mayfly.running n;

-- For people and other programs: jobs that wait, jobs that run, and attempts that have ended.
create view mayfly.request as
  select
    l.id, l.name, l.queue, l.state, l.reason, l.priority, coalesce(l.run_at, l.ready_at) as run_at, l.ready_at, l.expires_at, j.created_at, l.attempt, l.retries,
    j.key, j.source, j.traceparent, j.payload
  from mayfly.live l
  join mayfly.job j on j.partition = l.partition and j.id = l.id
  where l.state <> 'running' and l.ended is not true;

create view mayfly.process as
  select
    l.id, l.name, l.queue, l.priority, l.ready_at as run_at, j.created_at, l.started_at, l.attempt, l.retries, j.key, l.worker_id, l.claim_id,
    (select c.at from mayfly.cancel c where c.id = l.id) as cancel_requested_at, j.source, j.traceparent, j.payload
  from mayfly.live l
  join mayfly.job j on j.partition = l.partition and j.id = l.id
  where l.state = 'running' and l.ended is not true;

create view mayfly.results as
  select
    r.id, r.name, r.queue, r.outcome, j.priority, r.ready_at as run_at, j.created_at, r.started_at, r.finished_at, r.retry_at, r.retried_as, r.attempt, j.retries,
    r.key, r.worker_id, r.claim_id, j.source, j.traceparent, j.payload, r.error, r.output
  from mayfly.result r
  join mayfly.job j on j.partition = r.partition and j.id = r.id;
