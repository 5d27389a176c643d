-- $1 id text, of a session. A row, where it is over.
-- indexes: signed_out_pkey
select s.at from mayfly.signed_out s where s.id = $1::text
