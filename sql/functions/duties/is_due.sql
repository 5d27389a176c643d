-- mayfly.is_due: whether a duty was last done longer ago than this.
create function mayfly.is_due(name text, every interval) returns boolean
language sql stable
as $$
  select exists (select from mayfly.duty d where d.name = is_due.name and d.done_at <= now() - every)
$$;
