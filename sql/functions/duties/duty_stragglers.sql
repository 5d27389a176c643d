-- mayfly.duty_stragglers: move jobs that outlive their partition: see mayfly.move_stragglers. Returns how many.
create function mayfly.duty_stragglers(upto integer, retention_days integer) returns integer
language sql volatile
as $$
  select mayfly.move_stragglers(upto)
$$;
