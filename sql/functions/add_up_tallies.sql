-- mayfly.add_up_tallies: make one row a minute of those that past minutes left, and one an hour of those of past days. A slice; returns how many
-- rows went. A row that came over five minutes late stays as it is, and counts all the same.
-- locks: rows with skip locked
-- indexes: tally_at
create function mayfly.add_up_tallies(most integer) returns integer
language plpgsql volatile
as $$
declare
  step record;
  added integer;
  total integer := 0;
begin
  for step in
    select s.fine, s.coarse, s.unit, s.until from (values
      ('turn', 'minute', 'minute', date_trunc('minute', now(), 'UTC')), ('minute', 'hour', 'hour', date_trunc('hour', now() - interval '25 hours', 'UTC'))
    ) as s(fine, coarse, unit, until)
  loop
    with gone as (
      delete from mayfly.tally t
      where t.ctid = any (array(
        select o.ctid from mayfly.tally o
        -- From there on, lest it walk through all that has been removed and is still seen by an old snapshot.
        where o.span = step.fine and o.at >= coalesce((select max(c.at) from mayfly.tally c where c.span = step.coarse) - interval '5 minutes', '-infinity')
          and o.at < step.until
        order by o.at limit most for update skip locked
      ))
      returning t.at, t.queue, t.outcome, t.waited, t.ran, t.attempts
    ), added_up as (
      insert into mayfly.tally (span, at, queue, outcome, waited, ran, attempts)
      select step.coarse, date_trunc(step.unit, g.at, 'UTC') as at, g.queue, g.outcome, g.waited, g.ran, sum(g.attempts)
      from gone g group by 2, 3, 4, 5, 6
    )
    select count(*) into added from gone g;
    total := total + added;
  end loop;
  delete from mayfly.tally t
  where t.ctid = any (array(select o.ctid from mayfly.tally o where o.span = 'hour' and o.at < now() - interval '31 days' order by o.at limit most for update skip locked));
  return total;
end
$$;
