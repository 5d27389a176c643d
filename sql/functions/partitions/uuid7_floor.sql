-- mayfly.uuid7_floor: the smallest UUIDv7 of this millisecond, a bound for ids by their time.
create function mayfly.uuid7_floor(at timestamptz) returns uuid
language sql stable parallel safe
as $$
  select (lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid
$$;
