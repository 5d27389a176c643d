-- mayfly.roll_up_usage: add up the rows that calls left, by minutes, and delete them after 25 hours. A slice; returns
-- how many rows were deleted.
-- locks: rows with skip locked
-- indexes: usage_at, usage_pkey
create function mayfly.roll_up_usage(most integer) returns integer
language plpgsql volatile
as $$
declare
  added integer;
begin
  with gone as (
    delete from mayfly.usage c
    where c.number = any (array(
      select o.number from mayfly.usage o
      where o.span = 'call' and o.at >= coalesce((select max(m.at) from mayfly.usage m where m.span = 'minute') - interval '5 minutes', '-infinity')
        and o.at < date_bin('1 minute', now(), 'epoch')
      order by o.at limit most for update skip locked
    ))
    returning c.at, c.round_trips, c.jobs, c.bytes, c.ms
  ), rolled_up as (
    insert into mayfly.usage (span, at, round_trips, jobs, bytes, ms)
    select 'minute', date_bin('1 minute', g.at, 'epoch') as at, sum(g.round_trips), sum(g.jobs), sum(g.bytes), sum(g.ms) from gone g group by 2
  )
  select count(*) into added from gone g;
  delete from mayfly.usage c
  where c.number = any (array(
    select o.number from mayfly.usage o where o.span = 'minute' and o.at < now() - interval '25 hours' order by o.at limit most for update skip locked
  ));
  return added;
end
$$;
