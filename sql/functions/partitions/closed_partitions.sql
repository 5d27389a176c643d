-- mayfly.closed_partitions: partitions of the ring whose last day was more than two days, and so many more, ago.
create function mayfly.closed_partitions(days integer) returns smallint[]
language sql stable
as $$
  select array(
    select p.number::smallint
    from generate_series(0, mayfly.far() - 1) as p(number)
    where mayfly.partition_last_day(p.number, t.today) + 2 + days < t.today
    order by mayfly.partition_last_day(p.number, t.today)
  )
  from (select floor(extract(epoch from now()) / 86400)::integer as today) as t
$$;
