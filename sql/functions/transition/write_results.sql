-- mayfly.write_results: write the results of these transitions, and count them. A job that waited has no attempt, so
-- the claim of its result is nil.
-- indexes: result_NN_pkey
create function mayfly.write_results(ends mayfly.transition[]) returns void
language sql volatile
as $$
  with written as (
    insert into mayfly.result (
      id, claim_id, worker_id, ready_at, started_at, retry_at, partition, attempt, outcome, queue, name, key, error,
      output
    )
    select
      (e.job).id,
      coalesce((e.job).claim_id, '00000000-0000-0000-0000-000000000000'),
      (e.job).worker_id,
      (e.job).ready_at,
      (e.job).started_at,
      case when not e.over then now() + e.retry_in_ms * interval '1 millisecond' end,
      (e.job).partition,
      (e.job).attempt,
      e.result,
      (e.job).queue,
      (e.job).name,
      nullif((e.job).held_key, ''),
      e.error,
      e.output
    from unnest(ends) as e
    where e.result is not null
    returning queue, outcome, ready_at, started_at, attempt
  )
  insert into mayfly.attempt_counts (queue, outcome, waited, ran, attempts, retries)
  select
    w.queue,
    w.outcome,
    mayfly.duration_bucket(w.ready_at, w.started_at) as waited,
    mayfly.duration_bucket(w.started_at, now()) as ran,
    count(*),
    count(*) filter (where w.attempt > 1)
  from written w
  group by w.queue, w.outcome, waited, ran
$$;
