-- The schema, before the first migration.
create schema if not exists mayfly
