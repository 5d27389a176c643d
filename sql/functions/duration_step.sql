-- mayfly.duration_step: how long it took, in steps of which each is longer by the square root of two: 0 is up to 1.4 ms, 20 a second.
create function mayfly.duration_step(since timestamptz, until timestamptz) returns smallint
language sql immutable parallel safe
as $$
  select floor(2 * ln(greatest(date_part('epoch', until - since) * 1000, 1)) / ln(2::double precision))::smallint
$$;
