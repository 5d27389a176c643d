-- $1 id text, of a session that is over. May be repeated. What is older than any cookie lives is deleted on the way.
-- indexes: signed_out_pkey
with past as (
  delete from mayfly.signed_out s where s.at < now() - interval '1 day'
)
insert into mayfly.signed_out (id) values ($1::text) on conflict on constraint signed_out_pkey do nothing
