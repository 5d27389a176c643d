-- The ledger of migrations. A breaking one stops clients that do not know it.
create table if not exists mayfly.migration (
  version integer not null,
  name text not null,
  breaking boolean not null,
  applied_at timestamptz not null default now(),
  constraint migration_pkey primary key (version)
)
