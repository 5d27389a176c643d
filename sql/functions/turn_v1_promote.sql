-- mayfly.turn_v1_promote: make scheduled jobs that are due ready, up to a thousand. Those that were parked, and still cannot be run here, are parked
-- again instead: made ready, they would come to the head, as they keep their place, and every turn would have to set them aside there.
-- since: see the marks of mayfly.turn_v1; names, fits_ms: what can be run here; parks: whether this worker parks
-- promoted: the rows; aside: how many were parked; next_due: when the next one is due
-- locks: rows with skip locked
-- indexes: job_scheduled
create function mayfly.turn_v1_promote(
  since timestamptz, names text[], fits_ms bigint, parks boolean, out promoted tid[], out aside integer, out next_due timestamptz
)
language plpgsql volatile
as $$
declare
  due tid[];
begin
  promoted := '{}';
  aside := 0;
  due := array(
    select j.ctid from mayfly.job j
    where j.state = 'scheduled' and not j.held and j.run_at between since and now() order by j.run_at limit 1000 for update skip locked
  );
  if parks then
    update mayfly.job j set parked = least(j.parked + 1, 100), run_at = now() + mayfly.patience(j.parked)
    where j.ctid = any (due) and j.parked > 0 and not (j.name = any (names) and (j.timeout_ms <= fits_ms) is not false) and not (j.ended and j.parked >= 30);
    get diagnostics aside = row_count;
  end if;
  with ready as (
    update mayfly.job j set state = 'ready', ready_at = coalesce(j.ready_at, j.run_at) where j.ctid = any (due)
    returning j.ctid as tid
  )
  select coalesce(array_agg(r.tid), '{}') into promoted from ready r;
  select j.run_at into next_due from mayfly.job j where j.state = 'scheduled' and not j.held and j.run_at >= since order by j.run_at limit 1;
end
$$;
