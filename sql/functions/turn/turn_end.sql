-- mayfly.turn_end: settle attempts that ended in any other way than a plain success. settled: see mayfly.turn_v1.
-- freed: what is to be released; missed: {"claim": [ids]} of what was not settled, null: all was; ready_from: when the
-- earliest released job became ready, since it keeps its place in the order.
-- Of settlements of the same attempt only the first counts: a second end of it could not be stored.
-- A released attempt, and a hook that has ended, leave no result by which a repeat could be known, so they are missed
-- only where another transaction holds the row.
-- locks: rows with skip locked
-- indexes: running_pkey
create function mayfly.turn_end(
  worker uuid, settled json, out freed mayfly.freed[], out missed jsonb, out ready_from timestamptz
)
language plpgsql volatile
as $$
declare
  endings mayfly.ending[];
  rows_taken tid[];
begin
  select coalesce(array_agg(l.ending), '{}'), coalesce(array_agg(l.tid), '{}') into endings, rows_taken
  from (
    select
      r.ctid as tid,
      row(r, s.outcome, s.retry_in_ms, s.counts_as_attempt, s.has_hook, s.error, s.output)::mayfly.ending as ending
    from (
      select distinct on (o.id, o.claim_id)
        o.id, o.claim_id, o.outcome, o.retry_in_ms, o.counts_as_attempt, o.has_hook, o.error, o.output
      from rows from (json_to_recordset(settled) as (
        id uuid, claim_id uuid, outcome text, retry_in_ms bigint, counts_as_attempt boolean, has_hook boolean,
        error json, output json
      )) with ordinality as o(id, claim_id, outcome, retry_in_ms, counts_as_attempt, has_hook, error, output, nth)
      order by o.id, o.claim_id, o.nth
    ) as s
    -- Written so that no index on the claim or the worker is of use: it would be read once a settlement, and whole.
    join mayfly.running r on r.id = any (array[s.id]) and (r.claim_id = s.claim_id) is true
    where (r.worker_id = worker) is true
    for update of r skip locked
  ) as l;
  delete from mayfly.running d where d.ctid = any (rows_taken);
  freed := mayfly.end_attempts(endings);
  ready_from := (select min((e.job).ready_at) from unnest(endings) as e where e.outcome = 'released');
  if cardinality(endings) < json_array_length(settled) then
    select jsonb_object_agg(m.claim_id, m.ids) into missed
    from (
      select s.claim_id, jsonb_agg(s.id) as ids
      from json_to_recordset(settled) as s(id uuid, claim_id uuid, outcome text)
      where not exists (select from unnest(endings) as e where (e.job).id = s.id and (e.job).claim_id = s.claim_id)
        and (
          s.outcome not in ('released', 'hook_done')
          or (select true from mayfly.running r where r.id = any (array[s.id]) and r.claim_id = s.claim_id)
        )
      group by s.claim_id
    ) as m;
  end if;
end
$$;
