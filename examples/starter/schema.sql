-- The app's own tables, beside the queue's.
create table if not exists app_user (
  id uuid primary key,
  email text not null unique,
  created_at timestamptz not null default now()
);

create table if not exists email (
  id uuid primary key,
  recipient text not null,
  subject text not null,
  created_at timestamptz not null default now()
);

create table if not exists report (
  day date primary key,
  signups integer not null
);
