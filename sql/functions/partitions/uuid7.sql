-- mayfly.uuid7: a new id of the time in milliseconds and random bits (RFC 9562, version 7). Postgres has its own from
-- 18 on.
create function mayfly.uuid7() returns uuid
language sql volatile parallel safe
as $$
  select (left(mayfly.uuid7_floor(clock_timestamp())::text, 15) || substr(gen_random_uuid()::text, 16))::uuid
$$;
