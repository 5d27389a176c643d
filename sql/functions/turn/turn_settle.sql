-- mayfly.turn_settle: settle what a worker has finished: see done and settled of mayfly.turn_v1.
-- rejections: see mayfly.turn_rejections; ready_from: when the earliest job became ready that is ready again
-- locks: as mayfly.turn_succeed and mayfly.turn_end; then as mayfly.release
-- indexes: those of its parts
create function mayfly.turn_settle(
  worker uuid, done uuid[], done_claims uuid[], done_counts integer[], settled json, out rejections json,
  out ready_from timestamptz
)
language plpgsql volatile
as $$
declare
  plain record;
  other record;
  freed mayfly.freed[] := '{}';
  missed jsonb := '{}';
begin
  if cardinality(done) > 0 then
    plain := mayfly.turn_succeed(worker, done, done_claims, done_counts);
    freed := plain.freed;
    missed := plain.missed;
  end if;
  if settled is not null then
    other := mayfly.turn_end(worker, settled);
    freed := freed || other.freed;
    ready_from := other.ready_from;
    if other.missed is not null then
      rejections := mayfly.turn_rejections(other.missed);
    end if;
  end if;
  if missed <> '{}' then
    rejections := (
      select json_agg(r.rejection)
      from (
        select json_array_elements(rejections) as rejection
        union all
        select json_array_elements(mayfly.turn_rejections(missed))
      ) as r
    );
  end if;
  if cardinality(freed) > 0 then
    ready_from := least(ready_from, mayfly.release(freed));
  end if;
end
$$;
