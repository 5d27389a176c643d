-- mayfly.turn_v1_marks: the ranges in which the next turn looks.
-- ranges: where this one did; taken_priorities, taken_since: of the priorities that it took from, when the oldest job taken had become ready
-- down_to: every priority above has been looked through to its end. The last two seconds are looked at again: a job is seen only once its enqueue commits
-- remaining: rows that may still be ready; whatever is, is not hidden
-- Many ranges cost more than they save: then null, look at all.
create function mayfly.turn_v1_marks(
  ranges mayfly.turn_v1_ranges, taken_priorities smallint[], taken_since timestamptz[], down_to integer, remaining tid[], queues text[]
)
returns mayfly.turn_v1_ranges
language plpgsql volatile
as $$
declare
  still_priorities smallint[] := '{}';
  still_since timestamptz[] := '{}';
  met smallint[];
  taken integer;
  still integer;
begin
  if remaining <> '{}' then
    select coalesce(array_agg(s.priority), '{}'), coalesce(array_agg(s.ready_at), '{}') into still_priorities, still_since from (
      select j.priority, min(j.ready_at) as ready_at from mayfly.job j where j.ctid = any (remaining) and j.queue = any (queues) group by j.priority
    ) as s;
  end if;
  met := taken_priorities || still_priorities;
  if not (met <@ ranges.least and met <@ ranges.most) then
    -- To each of these priorities a range of its own.
    select array_agg(b.least order by b.least desc), array_agg(b.most order by b.least desc), array_agg(k.since order by b.least desc)
    into ranges.least, ranges.most, ranges.since
    from (
      select l.least, coalesce(lead(l.least) over (order by l.least) - 1, 32767) as most from (
        select unnest(ranges.least)::integer union select unnest(met) union select unnest(met) + 1
      ) as l(least) where l.least <= 32767
    ) as b
    join unnest(ranges.least, ranges.most, ranges.since) as k(least, most, since) on b.least between k.least and k.most;
    if cardinality(ranges.least) > 40 then
      return null;
    end if;
  end if;
  for nth in 1..cardinality(ranges.least) loop
    taken := array_position(taken_priorities, ranges.least[nth]);
    still := array_position(still_priorities, ranges.least[nth]);
    if taken is not null then
      ranges.since[nth] := greatest(ranges.since[nth], taken_since[taken]);
    elsif ranges.least[nth] > down_to then
      ranges.since[nth] := greatest(ranges.since[nth], now() - interval '2 seconds');
    end if;
    if still is not null then
      ranges.since[nth] := least(ranges.since[nth], still_since[still]);
    end if;
  end loop;
  return ranges;
end
$$;
