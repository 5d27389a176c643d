-- mayfly.turn_report: the part of a turn's answer that presence asks for: jobs of this worker that are to stop, and
-- which of its active claims are lost.
-- presence: see mayfly.turn_v1
-- indexes: cancel_pkey, running_pkey
create function mayfly.turn_report(worker uuid, presence json, out cancels uuid[], out lost_claims json)
language plpgsql volatile
as $$
begin
  if exists (select from mayfly.cancel) then
    cancels := array(
      select c.id from mayfly.cancel c
      where (select r.worker_id from mayfly.running r where r.id = c.id) = worker
    );
  end if;
  if presence ->> 'active_claims' is not null then
    lost_claims := (
      select json_agg(a.pair)
      from json_array_elements(presence -> 'active_claims') as a(pair)
      -- Written so that no index on the claim is of use.
      where (
        select true from mayfly.running r where r.id = (a.pair ->> 0)::uuid and (r.claim_id = (a.pair ->> 1)::uuid) is true
      ) is null
    );
  end if;
end
$$;
