-- mayfly.note_rescue: keep why the rescue of a tick failed, for operators; sql_state null: it was done, so forget why
-- an earlier one failed.
-- locks: the rescue's row, with skip locked
-- indexes: duty_pkey
create function mayfly.note_rescue(sql_state text, message text) returns void
language sql volatile
as $$
  update mayfly.duty d
  set failed_at = case when note_rescue.sql_state is not null then now() end, sql_state = note_rescue.sql_state,
    message = left(note_rescue.message, 500)
  where d.name = (
    select r.name from mayfly.duty r
    where r.name = 'rescue' and (note_rescue.sql_state is not null or r.failed_at is not null)
    for update skip locked
  )
$$;
