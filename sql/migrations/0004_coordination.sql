-- What jobs, workers and schedules share: keys, locks, claims, pauses.
-- breaking: no

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
