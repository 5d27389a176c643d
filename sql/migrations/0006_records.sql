-- What the queue keeps besides jobs: counts, its own usage, the state of its housekeeping, requests that may be
-- repeated, failed sign-ins.
-- breaking: no

create domain mayfly.count_span as text constraint count_span check (value in ('turn', 'minute', 'quarter', 'hour',
  'ever'));

-- How many attempts ended how, how many of them were not a job's first (retries), and how long they had waited and ran
-- (see mayfly.duration_bucket), so that charts need not count results. Each transaction that writes results adds rows,
-- so that none waits for another. Maintenance adds the rows up by minutes, later by quarters of an hour, by hours and
-- for good: see mayfly.roll_up_attempt_counts.
create table mayfly.attempt_counts (
  number bigint generated always as identity,
  at timestamptz not null default now(),
  attempts bigint not null,
  retries bigint not null,
  waited smallint,
  ran smallint,
  span mayfly.count_span not null default 'turn',
  outcome text not null,
  queue text not null,
  constraint attempt_counts_pkey primary key (number)
) with (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0
);

create index attempt_counts_at on mayfly.attempt_counts (span, at);

-- What the queue's own calls cost the database. Ticks and last turns write it for their worker; maintenance adds it up
-- by
-- minutes, and keeps it for a day. ms: how long callers waited; bytes: sent and received.
create table mayfly.usage (
  number bigint generated always as identity,
  at timestamptz not null default now(),
  bytes bigint not null,
  ms bigint not null,
  round_trips integer not null,
  jobs integer not null,
  span text not null default 'call',
  constraint usage_pkey primary key (number),
  constraint usage_span check (span in ('call', 'minute'))
) with (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0
);

create index usage_at on mayfly.usage (span, at);

-- The duties of mayfly.maintain_v1: when each was last done and is due next (null: at every call), and why it last
-- failed, unless it has been done since. Of the rescue, which is a part of every tick, only why it failed.
create table mayfly.duty (
  name text not null,
  every interval,
  due_at timestamptz,
  done_at timestamptz,
  failed_at timestamptz,
  sql_state text,
  message text,
  constraint duty_pkey primary key (name)
);

-- Requests that were answered, so that a repeat gets the same answer: see mayfly.enqueue_once_v1. Kept for a day.
create table mayfly.idempotency_key (
  id uuid not null,
  at timestamptz not null default now(),
  digest text not null,
  answer jsonb,
  constraint idempotency_key_pkey primary key (id)
) with (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0
);

create index idempotency_key_at on mayfly.idempotency_key (at);

-- Failed sign-ins, by hashed address and minute, so that tokens cannot be guessed.
create table mayfly.sign_in (
  address text not null,
  minute timestamptz not null,
  failures integer not null,
  constraint sign_in_pkey primary key (address, minute)
);

-- Sessions of the dashboard that were signed out, by a digest of their cookies. Kept for as long as a cookie lives.
create table mayfly.signed_out (
  id text not null,
  at timestamptz not null default now(),
  constraint signed_out_pkey primary key (id)
);

-- Jobs of producers that may have only so many live ones: see mayfly.producer_jobs_v1.
create table mayfly.producer_job (
  producer text not null,
  id uuid not null,
  constraint producer_job_pkey primary key (producer, id)
);
