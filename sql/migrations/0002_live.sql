-- Where a live job is: it has one row in ready, scheduled or running.
-- breaking: no

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
