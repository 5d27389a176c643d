-- mayfly.add_up_costs: make one row a minute of those that calls left, and forget them after 25 hours. A slice; returns how many rows went.
-- locks: rows with skip locked
-- indexes: cost_at
create function mayfly.add_up_costs(most integer) returns integer
language plpgsql volatile
as $$
declare
  added integer;
begin
  with gone as (
    delete from mayfly.cost c
    where c.ctid = any (array(
      select o.ctid from mayfly.cost o
      where o.span = 'call' and o.at >= coalesce((select max(m.at) from mayfly.cost m where m.span = 'minute') - interval '5 minutes', '-infinity')
        and o.at < date_bin('1 minute', now(), 'epoch')
      order by o.at limit most for update skip locked
    ))
    returning c.at, c.round_trips, c.jobs, c.bytes, c.ms
  ), added_up as (
    insert into mayfly.cost (span, at, round_trips, jobs, bytes, ms)
    select 'minute', date_bin('1 minute', g.at, 'epoch') as at, sum(g.round_trips), sum(g.jobs), sum(g.bytes), sum(g.ms) from gone g group by 2
  )
  select count(*) into added from gone g;
  delete from mayfly.cost c
  where c.ctid = any (array(
    select o.ctid from mayfly.cost o where o.span = 'minute' and o.at < now() - interval '25 hours' order by o.at limit most for update skip locked
  ));
  return added;
end
$$;
