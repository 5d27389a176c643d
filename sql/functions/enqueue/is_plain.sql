-- mayfly.is_plain: whether a job with these fields is due at once and has neither key, limit nor expiry, nor any field
-- that does not exist.
create function mayfly.is_plain(fields jsonb) returns boolean
language sql immutable
as $$
  select fields - string_to_array('{request but retry_of, running_limit, exclusive, key, payload}', ', ') = '{}'
$$;
