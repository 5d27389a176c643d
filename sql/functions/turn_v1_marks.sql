-- mayfly.turn_v1_marks: where the next turn starts to look, as ranges of mayfly.turn_v1_peek.
-- ranges: where this one did; taken: {priority: when the oldest job that was taken had become ready}
-- down_to: every priority above has been looked through to its end. The last two seconds are looked at again: a job is seen only once its enqueue commits
-- remaining: rows that may still be ready; whatever is, is not hidden
-- Many ranges cost more than they save: then null, look at all.
create function mayfly.turn_v1_marks(ranges json, taken jsonb, down_to integer, remaining tid[], queues text[]) returns json
language plpgsql volatile
as $$
begin
  if taken = '{}' and remaining = '{}' and down_to > 32767 then
    return ranges;
  end if;
  return (
    with known as (
      select r.least, r.most, r.since from json_to_recordset(ranges) as r(least integer, most integer, since timestamptz)
    ), met as (
      select t.key::integer as priority, t.value::timestamptz as ready_at from jsonb_each_text(taken) as t
    ), still as (
      select j.priority::integer as priority, min(j.ready_at) as ready_at
      from mayfly.job j where j.ctid = any (remaining) and j.queue = any (queues) group by j.priority
    ), bounds as (
      select k.least from known k
      union select m.priority from met m union select m.priority + 1 from met m
      union select s.priority from still s union select s.priority + 1 from still s
    )
    select case when count(*) <= 40 then json_agg(json_build_object('least', b.least, 'most', b.most, 'since', least(s.ready_at, case
      when m.ready_at is not null then greatest(k.since, m.ready_at)
      when b.least > down_to then greatest(k.since, now() - interval '2 seconds')
      else k.since end)) order by b.least desc) end
    from (select b.least, coalesce(lead(b.least) over (order by b.least) - 1, 32767) as most from bounds b where b.least <= 32767) as b
    join known k on b.least between k.least and k.most
    left join met m on m.priority = b.least
    left join still s on s.priority = b.least
  );
end
$$;
