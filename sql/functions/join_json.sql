-- mayfly.join_json: two JSON arrays, or nulls, as one.
create function mayfly.join_json(a json, b json) returns json
language sql immutable parallel safe
as $$
  select case when a is null then b when b is null then a else (left(a::text, -1) || ',' || substr(b::text, 2))::json end
$$;
