-- $1 number integer, $2 name text, $3 digest text, $4 breaking boolean. Fails on migration_pkey where another
-- deployment was first.
insert into mayfly.migration (number, name, digest, breaking)
values ($1::integer, $2::text, $3::text, $4::boolean)
