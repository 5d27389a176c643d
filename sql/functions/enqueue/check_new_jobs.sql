-- mayfly.check_new_jobs: refuse what mayfly.enqueue_v1 cannot take, before anything of it is read: a call, a payload or
-- a nesting that is too large, and fields that do not exist, with the name that was probably meant. A job with a
-- misspelt key would silently lose its uniqueness. The bounds of single values are the types of mayfly.job_request.
create function mayfly.check_new_jobs(jobs jsonb) returns void
language plpgsql stable
as $$
declare
  fields text[] := array['name', 'id', 'payload', 'delay_ms', 'run_at', 'within_ms', 'expires_ms', 'expires_at',
    'limit', 'expect'] || string_to_array('{request but retry_of, exclusive, name, payload}', ', ');
  wrong record;
begin
  if jsonb_typeof(jobs) is distinct from 'array' then
    raise exception 'jobs must be a JSON array' using errcode = '22023';
  end if;
  if jsonb_array_length(jobs) > 10000 then
    raise exception '% jobs in one call, at most 10000 are taken', jsonb_array_length(jobs) using errcode = '54000';
  end if;
  if pg_column_size(jobs) > 33554432 then
    raise exception '% bytes in one call, at most 33554432 are taken', pg_column_size(jobs) using errcode = '54000';
  end if;
  select e.nth into wrong from jsonb_array_elements(jobs) with ordinality as e(job, nth)
  where jsonb_typeof(e.job) <> 'object' limit 1;
  if found then
    raise exception 'job % is not an object', wrong.nth using errcode = '22023';
  end if;
  select e.nth, left(f.field, 60) as field, lower(replace(f.field, '_', '')) as plain into wrong
  from jsonb_array_elements(jobs) with ordinality as e(job, nth)
  cross join lateral jsonb_object_keys(e.job) as f(field)
  where f.field <> all (fields)
  limit 1;
  if found then
    raise exception 'job % has a field %, which does not exist', wrong.nth, quote_literal(wrong.field)
      using errcode = '22023',
      hint = coalesce('Use ' || (
        select k.field from unnest(fields) with ordinality as k(field, nth)
        where replace(k.field, '_', '') = wrong.plain or split_part(k.field, '_', 1) = wrong.plain
          or wrong.plain like '%' || k.field
        or k.field like wrong.plain || '%'
        order by replace(k.field, '_', '') = wrong.plain desc, k.nth limit 1
      ) || '.', 'The fields are ' || array_to_string(fields, ', ') || '.');
  end if;
  select e.nth, t.field into wrong
  from jsonb_array_elements(jobs) with ordinality as e(job, nth)
  cross join (values ('run_at'), ('expires_at')) as t(field)
  where e.job ? t.field and e.job ->> t.field !~* '^[^a-z]*\d(t| )\d[\d:.]*\s*(z|utc|[+-]\d\d(:?\d\d){0,2})$'
  limit 1;
  if found then
    raise exception '% of job % has no zone, or is no date and time', wrong.field, wrong.nth
      using errcode = '22007', hint = 'Write it as 2030-01-01T09:00:00Z.';
  end if;
  select e.nth into wrong from jsonb_array_elements(jobs) with ordinality as e(job, nth)
  where pg_column_size(e.job) > 256 and jsonb_path_exists(e.job -> 'payload', 'strict $.**{101 to last}', '{}', true)
  limit 1;
  if found then
    raise exception 'the payload of job % is nested more than 100 deep', wrong.nth using errcode = '54000';
  end if;
end
$$;
