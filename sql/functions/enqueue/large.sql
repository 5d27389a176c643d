-- mayfly.large: the bytes of a payload over 64 KiB, of which a claim takes only as many as fit; null for any other
-- payload.
create function mayfly.large(payload json) returns integer
language sql immutable
as $$
  select case when octet_length(payload::text) > 65536 then octet_length(payload::text) end
$$;
