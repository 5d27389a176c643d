-- The ledger of migrations. digest: of all that one does. A breaking one stops clients that do not know it.
create table if not exists mayfly.migration (
  number integer not null,
  name text not null,
  digest text not null,
  breaking boolean not null,
  applied_at timestamptz not null default now(),
  constraint migration_pkey primary key (number)
)
