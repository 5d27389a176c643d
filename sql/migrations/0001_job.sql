-- What was asked for: one row of mayfly.job, written once.
-- breaking: no

-- The rules of single values: types of what an enqueue takes, and of the fields of mayfly.new_job, so that a call
-- checks each value once. As types of columns, or as check constraints of tables, they would be checked for each row.
create domain mayfly.outcome as text constraint outcome check (value in ('successful', 'errored', 'cancelled', 'lost',
  'deferred'));
create domain mayfly.short_name as text constraint short_name check (char_length(value) between 1 and 255);
create domain mayfly.short_key as text constraint short_key check (char_length(value) <= 255);
create domain mayfly.short_text as text constraint short_text check (octet_length(value) <= 2048);
create domain mayfly.finite_time as timestamptz constraint finite_time check (isfinite(value));
create domain mayfly.within_ms as integer constraint within_ms check (value between 1000 and 86400000);
create domain mayfly.positive as integer constraint positive check (value >= 1);
create domain mayfly.retries as smallint constraint retries check (value between 0 and 32766);
create domain mayfly.payload as json constraint payload check (octet_length(value::text) <= 4194304);

-- install: far id_day day_floor partition_of uuid7_floor uuid7

-- What was asked for. Insert-only. A row stays until retention truncates its partition, so an id is known for as long
-- as its results are kept.
-- partition: a function of the id alone, see mayfly.partition_of. The primary key of each partition is what makes an
-- enqueue happen at most once.
-- run_at: null, at once. exclusive: true, one live job at a time holds its key; false, it counts against a limit of its
-- key, or of its name where it has none; null: neither.
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
  exclusive boolean,
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
