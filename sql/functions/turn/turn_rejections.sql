-- mayfly.turn_rejections: why settlements were not accepted, as [[id, claim, reason]]. already: an earlier copy of this
-- turn was accepted; busy: another transaction holds the row, settle it again; claim_lost: the claim is no longer this
-- worker's, also where a rescue or a purge has written the result of this attempt, under the name of its error.
-- missed: {"claim": [ids]}
-- indexes: running_pkey, result_NN_pkey
create function mayfly.turn_rejections(missed jsonb) returns json
language sql volatile
as $$
  select json_agg(json_build_array(m.id, m.claim, case
    -- Written so that no index on the claim, or on times, is of use.
    when (select true from mayfly.running r where r.id = m.id and (r.claim_id = m.claim) is true) then 'busy'
    when (
      select (r.outcome in ('lost', 'cancelled') and r.error ->> 'name' in ('LostError', 'PurgedError')) is not true
      from mayfly.result r
      where r.partition in (mayfly.partition_of(m.id), mayfly.far()) and r.id between m.id and m.id and r.claim_id = m.claim
      order by r.id, r.claim_id
      limit 1
    ) then 'already'
    else 'claim_lost'
  end))
  from (
    select c.claim::uuid as claim, i.id::uuid as id
    from jsonb_each(missed) as c(claim, ids)
    cross join lateral jsonb_array_elements_text(c.ids) as i(id)
  ) as m
$$;
