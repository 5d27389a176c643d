-- mayfly.on_grid: the first point at or after this time of a grid that all share: multiples of its width in
-- milliseconds since the year 1970 began. Jobs that are due on the grid of one width are due together.
create function mayfly.on_grid(at timestamptz, width integer) returns timestamptz
language sql immutable
as $$
  select date_bin(
    width * interval '1 millisecond',
    at + width * interval '1 millisecond' - interval '1 microsecond',
    timestamptz '1970-01-01 00:00:00+00'
  )
$$;
