-- $1 version integer, $2 name text, $3 breaking boolean. Fails on migration_pkey where another deployment was first.
insert into mayfly.migration (version, name, breaking) values ($1::integer, $2::text, $3::boolean)
