-- The role that asks: whether it owns the schema, and of each kind of role how much it has and what it lacks.
select
  current_user as role,
  pg_has_role(n.nspowner, 'usage') as owner,
  (
    select json_agg(json_build_object('kind', k.kind, 'lacks', k.lacks, 'has', k.has) order by k.nth)
    from (
      select
        d.kind,
        d.nth,
        coalesce(json_agg(p.privilege || ' on ' || p.object order by p.object) filter (where not p.granted), '[]')
          as lacks,
        count(*) filter (where p.granted) as has
      from unnest(array['producer', 'worker', 'viewer', 'operator']) with ordinality as d(kind, nth)
      cross join lateral mayfly.privileges_of(d.kind) as p
      group by d.kind, d.nth
    ) as k
  ) as kinds
from pg_namespace n
where n.nspname = 'mayfly'
