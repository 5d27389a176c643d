-- mayfly.turn_fit_bytes: the first of these ready jobs, in the order of claims, whose payloads fit together into the
-- bytes that are left. A job that cannot be run here counts no bytes. The first large payload always fits, so that no
-- job is too large to be claimed.
-- first: nothing has been claimed yet
create function mayfly.turn_fit_bytes(tids tid[], bytes_left bigint, capacity mayfly.capacity,
  first boolean) returns tid[]
language sql stable
as $$
  select coalesce(array_agg(f.tid), '{}')
  from (
    select w.tid, w.bytes, sum(w.bytes) over (order by w.priority desc, w.ready_at rows unbounded preceding) as total
    from (
      select r.ctid as tid, r.priority, r.ready_at,
        case when mayfly.runs_here(r.name, r.hook, r.timeout_ms, capacity)
          then coalesce(r.bytes, 0) else 0 end as bytes
      from mayfly.ready r
      where r.ctid = any (tids)
    ) as w
  ) as f
  where f.total <= bytes_left or first and f.total = f.bytes
$$;
