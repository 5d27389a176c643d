-- mayfly.turn_succeed: settle attempts that succeeded without output, as nearly all do: from running to result, in one
-- statement for each claim. By claim, so that the planner stays on the primary key of running: pairs of job and claim
-- cost 1.4 microseconds a job more.
-- done, done_claims, done_counts: see mayfly.turn_v1
-- freed: what is to be released; missed: {"claim": [ids]} of what was not settled
-- locks: rows, each for a twentieth of a second at most. Locking them before they are deleted would cost every job 56
-- bytes of write-ahead log
-- indexes: running_pkey, result_NN_pkey
create function mayfly.turn_succeed(
  worker uuid, done uuid[], done_claims uuid[], done_counts integer[], out freed mayfly.freed[], out missed jsonb
)
language plpgsql volatile
set lock_timeout = '50ms'
as $$
declare
  slice uuid[];
  free uuid[];
  before integer := 0;
  settled uuid[];
  leaving mayfly.freed[];
begin
  freed := '{}';
  missed := '{}';
  for nth in 1..cardinality(done_claims) loop
    slice := done[before + 1 : before + done_counts[nth]];
    before := before + done_counts[nth];
    free := slice;
    loop
      begin
        with ended as (
          delete from mayfly.running d
          -- Written so that no index on the claim or the worker is of use.
          where d.id = any (free) and (d.claim_id = done_claims[nth]) is true and (d.worker_id = worker) is true
          returning
            d.id, d.claim_id, d.ready_at, d.started_at, d.partition, d.attempt, d.running_limit, d.queue, d.name,
            d.held_key
        ), written as (
          insert into mayfly.result (
            id, claim_id, worker_id, ready_at, started_at, partition, attempt, outcome, queue, name, key
          )
          select
            e.id, e.claim_id, worker, e.ready_at, e.started_at, e.partition, e.attempt, 'successful', e.queue, e.name,
            nullif(e.held_key, '')
          from ended e
        ), counted as (
          insert into mayfly.attempt_counts (queue, outcome, waited, ran, attempts, retries)
          select
            e.queue, 'successful', mayfly.duration_bucket(e.ready_at, e.started_at) as waited,
            mayfly.duration_bucket(min(e.started_at), now()), count(*), count(*) filter (where e.attempt > 1)
          from ended e
          group by e.queue, waited
        )
        select
          coalesce(array_agg(e.id), '{}'),
          array_agg(row(e.id, e.name, e.held_key, e.running_limit, true)::mayfly.freed)
            filter (where e.held_key is not null)
        into settled, leaving
        from ended e;
        exit;
      exception when lock_not_available then
        -- Somebody else holds one of these rows: it is left for the next turn, and must not keep the others waiting.
        free := array(select r.id from mayfly.running r where r.id = any (slice) for update skip locked);
      end;
    end loop;
    freed := freed || leaving;
    if cardinality(settled) < cardinality(slice) then
      missed := missed || jsonb_build_object(
        done_claims[nth]::text,
        array(select s.id from unnest(slice) as s(id) where s.id <> all (settled))
      );
    end if;
  end loop;
end
$$;
