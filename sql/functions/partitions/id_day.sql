-- mayfly.id_day: the day, counted from 1970, on which a UUIDv7 was made; null for any other id.
create function mayfly.id_day(id uuid) returns integer
language sql immutable parallel safe
as $$
  select case when substr(id::text, 15, 1) = '7'
    then (('x' || left(id::text, 8) || substr(id::text, 10, 4))::bit(48)::bigint / 86400000)::integer end
$$;
