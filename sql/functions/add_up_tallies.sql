-- mayfly.add_up_tallies: make one row a minute of those that turns left, after two hours one a quarter of an hour, and after a day one an hour. A slice
-- of each; returns how many rows went. A row that came over five minutes late stays as it is, and counts all the same.
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
    select s.fine, s.coarse, s.width, date_bin(s.width, now() - s.age, 'epoch') as until from (values
      ('turn', 'minute', interval '1 minute', interval '0'),
      ('minute', 'quarter', interval '15 minutes', interval '2 hours'),
      ('quarter', 'hour', interval '1 hour', interval '25 hours')
    ) as s(fine, coarse, width, age)
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
      returning t.at, t.queue, t.outcome, t.waited, t.ran, t.attempts, t.retries
    ), added_up as (
      insert into mayfly.tally (span, at, queue, outcome, waited, ran, attempts, retries)
      select step.coarse, date_bin(step.width, g.at, 'epoch') as at, g.queue, g.outcome, g.waited, g.ran, sum(g.attempts), sum(g.retries)
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
