-- What would be lost: null where there is no schema. Of jobs and results, which may be many, what the server reckons.
select current_database() as database,
  case when to_regnamespace('mayfly') is null then null
    else coalesce((
      select sum(greatest(c.reltuples, 0))::bigint
      from pg_catalog.pg_class c
      where c.relnamespace = to_regnamespace('mayfly') and c.relkind = 'r'
    ), 0)
  end as rows
