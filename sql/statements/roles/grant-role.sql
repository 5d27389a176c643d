-- $1 kind text, $2 grantee text, $3 run boolean. A row for each statement that grants the role what its kind needs.
select g.line from mayfly.grant_v1($1::text, $2::text, $3::boolean) as g(line)
