-- What the queue keeps besides jobs: counters, its own cost, requests that may be repeated, failed sign-ins.
-- breaking: no

create domain mayfly.tally_span as text constraint tally_span check (value in ('turn', 'minute', 'quarter', 'hour', 'ever'));

-- How many attempts ended how, how many of them were not a job's first (retries), and how long they had waited and ran (see mayfly.duration_step), so
-- that charts need not count results. Whoever writes results adds rows, so that nobody waits for anybody; ticks add them up by minutes, later by
-- quarters of an hour, by hours and for good: see mayfly.add_up_tallies.
-- id: lest a publication for all tables refuse to let rows go.
create table mayfly.tally (
  id bigint generated always as identity,
  at timestamptz not null default now(),
  attempts bigint not null,
  retries bigint not null,
  waited smallint,
  ran smallint,
  span mayfly.tally_span not null default 'turn',
  outcome text not null,
  queue text not null,
  constraint tally_pkey primary key (id)
) with (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0
);

create index tally_at on mayfly.tally (span, at);

-- What the queue itself asked of the database: looks and last turns tell it of their worker, ticks add it up by minutes, for a day.
-- ms: that callers waited; bytes: that went there and came back. id: as of mayfly.tally.
create table mayfly.cost (
  id bigint generated always as identity,
  at timestamptz not null default now(),
  bytes bigint not null,
  ms bigint not null,
  round_trips integer not null,
  jobs integer not null,
  span text not null default 'call',
  constraint cost_pkey primary key (id),
  constraint cost_span check (span in ('call', 'minute'))
) with (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0
);

create index cost_at on mayfly.cost (span, at);

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

-- Failed sign-ins to the dashboard, by hashed address and minute, so that tokens cannot be guessed.
create table mayfly.sign_in (
  address text not null,
  minute timestamptz not null,
  failures integer not null,
  constraint sign_in_pkey primary key (address, minute)
);
