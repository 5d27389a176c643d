-- mayfly.result_slots: the slots in which results of these ids can lie, the latest first.
-- A UUIDv7 tells the day it was made: no attempt finished before that, with a day of slack for clocks that differ.
-- Any other id, one made over 30 days ago, or by a clock that is over a day ahead: all slots.
create function mayfly.result_slots(ids uuid[]) returns smallint[]
language plpgsql stable parallel safe
as $$
declare
  today bigint := floor(extract(epoch from now()) / 86400);
  dated boolean;
  oldest text;
  made bigint;
  back integer := 31;
  slots smallint[] := '{}';
begin
  select bool_and(substr(i.id::text, 15, 1) = '7'), min(i.id::text collate "C") into dated, oldest from unnest(ids) as i(id);
  if dated then
    made := ('x' || left(oldest, 8) || substr(oldest, 10, 4))::bit(48)::bigint / 86400000;
    if made <= today + 1 then
      back := least(31, greatest(0, today - made) + 1);
    end if;
  end if;
  for days in 0..back loop
    slots := slots || ((today - days) % 32)::smallint;
  end loop;
  return slots;
end
$$;
