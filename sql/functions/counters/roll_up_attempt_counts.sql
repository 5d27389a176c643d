-- mayfly.roll_up_attempt_counts: add up the rows that turns left, by minutes; after two hours by quarters of an hour,
-- after a day by hours, and after eight days for good, without durations. A slice of each; returns how many rows were
-- deleted. A row that comes over five minutes late stays as it is, and counts all the same.
-- locks: rows with skip locked
-- indexes: attempt_counts_at
create function mayfly.roll_up_attempt_counts(most integer) returns integer
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
      delete from mayfly.attempt_counts t
      where t.number = any (array(
        select o.number from mayfly.attempt_counts o
        -- From there on, lest it walk through all that has been removed and is still seen by an old snapshot.
        where o.span = step.fine and o.at >= coalesce((select max(c.at) from mayfly.attempt_counts c where c.span = step.coarse) - interval '5 minutes', '-infinity')
          and o.at < step.until
        order by o.at limit most for update skip locked
      ))
      returning t.at, t.queue, t.outcome, t.waited, t.ran, t.attempts, t.retries
    ), rolled_up as (
      insert into mayfly.attempt_counts (span, at, queue, outcome, waited, ran, attempts, retries)
      select step.coarse, date_bin(step.width, g.at, 'epoch') as at, g.queue, g.outcome, g.waited, g.ran, sum(g.attempts), sum(g.retries)
      from gone g group by 2, 3, 4, 5, 6
    )
    select count(*) into added from gone g;
    total := total + added;
  end loop;
  if exists (select from mayfly.attempt_counts t where t.span = 'hour' and t.at < now() - interval '8 days') then
    with gone as (
      delete from mayfly.attempt_counts t
      where t.number = any (array(
        select o.number from mayfly.attempt_counts o where o.span = 'hour' and o.at < now() - interval '8 days' order by o.at limit most for update skip locked
      ))
      returning t.queue, t.outcome, t.attempts, t.retries
    ), before as (
      delete from mayfly.attempt_counts t where t.span = 'ever' returning t.queue, t.outcome, t.attempts, t.retries
    ), kept as (
      insert into mayfly.attempt_counts (span, at, queue, outcome, attempts, retries)
      select 'ever', '2000-01-01 00:00:00+00', g.queue, g.outcome, sum(g.attempts), sum(g.retries)
      from (
        select n.queue, n.outcome, n.attempts, n.retries from gone n union all select b.queue, b.outcome, b.attempts, b.retries from before b
      ) as g
      group by g.queue, g.outcome
    )
    select count(*) into added from gone g;
    total := total + added;
  end if;
  return total;
end
$$;
