-- mayfly.roll_up_attempt_counts: add up the rows that turns left, by minutes; after two hours by quarters of an hour,
-- after a day by hours, and after eight days for good, without durations. A slice of each; returns how many rows were
-- deleted. A row that comes over five minutes late stays as it is until then, and counts all the same.
-- At most 200 queues are counted each by itself: a queue is named by a row of span ever, which it keeps, so that its
-- counter never goes back. All others are counted together, as the queue (other): see mayfly.counted_queues.
-- locks: rows with skip locked
-- indexes: attempt_counts_at, attempt_counts_pkey
create function mayfly.roll_up_attempt_counts(upto integer) returns integer
language plpgsql volatile
as $$
declare
  ever timestamptz := '2000-01-01 00:00:00+00';
  named text[];
  step record;
  deleted integer;
  total integer := 0;
begin
  for step in
    select s.fine, s.coarse, s.width, date_bin(s.width, now() - s.age, 'epoch') as until
    from (values
      ('turn', 'minute', interval '1 minute', interval '0'),
      ('minute', 'quarter', interval '15 minutes', interval '2 hours'),
      ('quarter', 'hour', interval '1 hour', interval '25 hours')
    ) as s(fine, coarse, width, age)
  loop
    named := array(select distinct c.queue from mayfly.attempt_counts c where c.span = 'ever' and c.queue <> '(other)');
    with past as (
      delete from mayfly.attempt_counts t
      where t.number = any (array(
        select o.number
        from mayfly.attempt_counts o
        -- From there on, lest it walk through all that has been removed and is still seen by an old snapshot.
        where o.span = step.fine and o.at < step.until and o.at >= coalesce(
          (select max(c.at) from mayfly.attempt_counts c where c.span = step.coarse) - interval '5 minutes', '-infinity'
        )
        order by o.at
        limit upto
        for update skip locked
      ))
      returning t.number, t.at, t.queue, t.outcome, t.waited, t.ran, t.attempts, t.retries
    ), fresh as (
      select p.queue
      from past p
      where p.queue <> all (named) and p.queue <> '(other)'
      group by p.queue
      order by min(p.number)
      limit greatest(200 - cardinality(named), 0)
    ), naming as (
      insert into mayfly.attempt_counts (span, at, queue, outcome, attempts, retries)
      select 'ever', ever, f.queue, 'successful', 0, 0
      from fresh f
    ), rolled_up as (
      insert into mayfly.attempt_counts (span, at, queue, outcome, waited, ran, attempts, retries)
      select
        step.coarse,
        date_bin(step.width, p.at, 'epoch') as at,
        case when p.queue = any (named || array(select f.queue from fresh f)) then p.queue else '(other)' end as queue,
        p.outcome, p.waited, p.ran, sum(p.attempts), sum(p.retries)
      from past p
      group by 2, 3, p.outcome, p.waited, p.ran
    )
    select count(*) into deleted from past p;
    total := total + deleted;
  end loop;
  if exists (
    select from mayfly.attempt_counts c
    where c.span in ('turn', 'minute', 'quarter', 'hour') and c.at < now() - interval '8 days'
  ) then
    named := array(select distinct c.queue from mayfly.attempt_counts c where c.span = 'ever');
    with past as (
      delete from mayfly.attempt_counts t
      where t.number = any (array(
        select o.number
        from mayfly.attempt_counts o
        where o.span in ('turn', 'minute', 'quarter', 'hour') and o.at < now() - interval '8 days'
        limit upto
        for update skip locked
      ))
      returning t.queue, t.outcome, t.attempts, t.retries
    ), before as (
      delete from mayfly.attempt_counts t where t.span = 'ever' returning t.queue, t.outcome, t.attempts, t.retries
    ), kept as (
      insert into mayfly.attempt_counts (span, at, queue, outcome, attempts, retries)
      select 'ever', ever, a.queue, a.outcome, sum(a.attempts), sum(a.retries)
      from (
        select case when p.queue = any (named) then p.queue else '(other)' end as queue, p.outcome, p.attempts, p.retries
        from past p
        union all
        select b.queue, b.outcome, b.attempts, b.retries from before b
      ) as a
      group by a.queue, a.outcome
    )
    select count(*) into deleted from past p;
    total := total + deleted;
  end if;
  return total;
end
$$;
