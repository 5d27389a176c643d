-- mayfly.day_floor: the smallest UUIDv7 of a day that is counted from 1970.
create function mayfly.day_floor(day integer) returns uuid
language sql immutable parallel safe
as $$
  select (lpad(to_hex(day * 86400000::bigint), 12, '0') || '70008000000000000000')::uuid
$$;
