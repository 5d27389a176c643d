-- mayfly.end_attempts: end these attempts, whose jobs the caller has just deleted from a table of live jobs. Write
-- their results, and move each job to where mayfly.after_attempt says. Returns what mayfly.release has to free; it is
-- called once for all ends of a transaction, so that it takes its locks in order. Apart from plain successes, every end
-- of a job comes
-- through here: see mayfly.turn_succeed.
-- locks: none
-- indexes: cancel_pkey
create function mayfly.end_attempts(endings mayfly.ending[]) returns mayfly.freed[]
language plpgsql volatile
as $$
declare
  ends mayfly.transition[];
begin
  -- The snapshot of this statement is younger than the rows' deletion: a cancel that came before that one is seen.
  ends := array(
    select row(e.job, e.outcome, e.retry_in_ms, e.counts_as_attempt, e.error, e.output, t.result, t.next,
      t.over)::mayfly.transition
    from unnest(endings) as e
    left join lateral (select c.id from mayfly.cancel c where c.id = (e.job).id) as c on true
    cross join lateral mayfly.after_attempt(
      e.outcome,
      e.retry_in_ms is not null,
      c.id is not null,
      -- The caller knows of hooks for the end that it tells, the row of any.
      case when c.id is null or e.outcome = 'cancelled' then e.has_hook else (e.job).has_hook end is true,
      (e.job).ended is true
    ) as t
  );
  perform mayfly.write_results(ends);
  perform mayfly.move_jobs(ends);
  return array(
    select row(
      (e.job).id,
      (e.job).name,
      (e.job).held_key,
      -- What waited has no place to give back.
      case when (e.job).claim_id is not null then (e.job).running_limit end,
      e.next = 'gone' or e.next = 'hook' and e.over
    )::mayfly.freed
    from unnest(ends) as e
  );
end
$$;
