-- mayfly.result_slots: the slots in which results of these ids can lie, the latest first.
-- A UUIDv7 tells the day it was made: no attempt finished before that, with a day of slack for clocks that differ.
-- Any other id, one made over 30 days ago, or by a clock that is over a day ahead: all slots.
create function mayfly.result_slots(ids uuid[]) returns smallint[]
language sql stable parallel safe
as $$
  select array(
    select ((span.today - back) % 32)::smallint
    from (
      select floor(extract(epoch from now()) / 86400)::bigint as today,
        min(('x' || left(translate(i.id::text, '-', ''), 12))::bit(48)::bigint) / 86400000 as made,
        bool_and(substr(i.id::text, 15, 1) = '7') as dated
      from unnest(ids) as i(id)
    ) as span
    cross join generate_series(0, case when span.dated and span.made <= span.today + 1 then least(31, greatest(0, span.today - span.made) + 1) else 31 end) as back
  )
$$;
