-- mayfly.duty_stragglers: move jobs that outlive their partition, once an hour: see mayfly.move_stragglers. Returns how many.
create function mayfly.duty_stragglers(upto integer, retention_days integer) returns integer
language sql volatile
as $$
  select case when mayfly.is_due('stragglers', interval '1 hour') then mayfly.move_stragglers(upto) else 0 end
$$;
