-- The schema, before the first migration. An administrator may have made it for an owner who may not create any.
do $$
begin
  if to_regnamespace('mayfly') is null then
    create schema mayfly;
  end if;
end $$
