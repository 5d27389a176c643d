-- mayfly.grant_v1: grant a database role what its kind needs: see mayfly.privileges_of. May be repeated, and is, after
-- a migration: new functions are granted to nobody.
--
-- kind     producer, worker, viewer or operator
-- grantee  a role that exists
-- run      false: only say what would be granted
--
-- returns  the statements
create function mayfly.grant_v1(kind text, grantee text, run boolean default true) returns setof text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  line text;
begin
  if kind not in ('producer', 'worker', 'viewer', 'operator') then
    raise exception '% is no kind of role', quote_literal(kind)
      using errcode = '22023', hint = 'The kinds are producer, worker, viewer and operator.';
  end if;
  if lower(grantee) in ('public', 'none', 'current_user', 'session_user', 'current_role') then
    raise exception '% is not the name of a role', quote_literal(grantee)
      using errcode = '22023', hint = 'A grant to everybody would let every role of the database use the queue.';
  end if;
  for line in
    select format('grant %s on %s to %I', p.privilege, p.object, grantee) from mayfly.privileges_of(kind) as p
    order by p.object <> 'schema mayfly', p.object, p.privilege
  loop
    if run then
      execute line;
    end if;
    return next line;
  end loop;
end
$$;
