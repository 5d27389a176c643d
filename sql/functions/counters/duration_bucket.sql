-- mayfly.duration_bucket: the bucket of a duration. Each bucket is wider than the one before by the square root of two:
-- 0 is up to 1.4 ms, 20 a second.
create function mayfly.duration_bucket(since timestamptz, until timestamptz) returns smallint
language sql immutable parallel safe
as $$
  select floor(2 * ln(greatest(date_part('epoch', until - since) * 1000, 1)) / ln(2::double precision))::smallint
$$;
