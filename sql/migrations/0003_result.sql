-- What came of attempts, and the partitions of jobs and results.
-- breaking: no

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
declare
  number text;
begin
  for part in 0..mayfly.far() loop
    number := lpad(part::text, 2, '0');
    execute format('create table mayfly.job_%s partition of mayfly.job for values in (%s)', number, part);
    execute format('alter table mayfly.job_%1$s add constraint job_%1$s_pkey primary key (id)', number);
    execute format('create table mayfly.result_%s partition of mayfly.result for values in (%s)', number, part);
    execute format('alter table mayfly.result_%1$s add constraint result_%1$s_pkey primary key (id, claim_id)', number);
  end loop;
end $$;
