-- mayfly.turn_fit_bytes: the first of these ready jobs, in the order of claims, whose payloads together are no larger than this; at least one.
create function mayfly.turn_fit_bytes(tids tid[], max_bytes bigint) returns tid[]
language sql stable
as $$
  select array_agg(f.tid)
  from (
    select r.ctid as tid, sum(coalesce(r.bytes, 0)) over o as bytes, row_number() over o as nth
    from mayfly.ready r
    where r.ctid = any (tids)
    window o as (order by r.priority desc, r.ready_at)
  ) as f
  where f.bytes <= max_bytes or f.nth = 1
$$;
