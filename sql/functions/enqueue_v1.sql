-- mayfly.enqueue_v1: enqueue jobs, each at most once per id, however often the call is repeated.
-- Public: every producer, in any language, may call it. A producer's role needs only this function,
-- mayfly.enqueue_once_v1 and mayfly.live_count.
--
-- jobs     a JSON array of up to 10,000 objects. Only name is required:
--          {name, id, payload, queue, priority, retries, timeout_ms, delay_ms, run_at, within_ms, expires_ms,
--           expires_at, idempotent, key, limit, expect, running_limit, source, traceparent, tracestate, created_by}
--          within_ms: it is due up to so much later than delay_ms or run_at say, together with others: see
--          mayfly.on_grid; from a second to a day
--          expires_ms: from when the job is due; a job that waits longer ends as cancelled
--          idempotent: an attempt that is lost with its worker does not count
--          key: one live job of the name holds it, unless the job has one of these three
--          limit: at most this many live jobs of the name and key; of the name, where there is no key
--          expect: {pending, running}, enqueue only while neither count is higher
--          running_limit: always enqueue; at most this many jobs of the name and key run at a time
-- strict   for a transaction of the caller's own: a job that cannot be enqueued raises, so that all else is
--          rolled back. MF001: the id is known, so the transaction was committed before; MF002: the key is held;
--          MF003: the limit is reached
-- allow_blocked  with strict: a held key or a reached limit does not raise
-- quiet    return no rows if all jobs were enqueued
--
-- returns  a row for each job, in the array's order. outcome: enqueued, duplicate, blocked, limited, or conflict
--          (expect no longer holds); existing_id: the job in the way, for duplicate and blocked; pending, running: the
--          counts, for limited and conflict. In a batch, blocked without existing_id: the holder has just ended, so ask
--          again.
-- 55P03    another transaction has held the same id, key or limit for two seconds; nothing was enqueued
--
-- A copy of a refused request that arrives later may be enqueued then. In repeatable read and serializable a duplicate
-- has no existing_id, and limit and expect are refused.
-- While a worker that serves a job's queue listens on the channel mayfly_ready and has slots left, the queue's name is
-- sent there.
--
-- locks    lock rows of live limits by name and key, then ids, then keys by name and key
-- indexes  lock_row_pkey, job_NN_pkey, held_key_pkey, held_key_exclusive, running_pkey, worker_listening
create function mayfly.enqueue_v1(jobs jsonb, strict boolean default false, allow_blocked boolean default false,
  quiet boolean default false)
returns table (id uuid, outcome text, existing_id uuid, pending integer, running integer)
language plpgsql volatile security definer
set lock_timeout = '2s'
-- planner: pinned
as $$
declare
  requests mayfly.new_job[];
  plain mayfly.new_job[];
  counted mayfly.new_job[];
  entered uuid[];
  blocked uuid[] := '{}';
  holder uuid;
  refused jsonb;
  sent_at timestamptz;
  decided record;
  answer record;
begin
  perform mayfly.check_new_jobs(jobs);
  requests := array(select j from mayfly.new_jobs(jobs) as j);
  plain := array(select f from (select distinct on (j.id) j.* from unnest(requests) as j where not j.counted
    order by j.id, j.nth) as f);
  counted := array(select j from unnest(requests) as j where j.counted);

  if cardinality(counted) > 0 then
    perform mayfly.lock_live_limits(counted);
  end if;
  for round in 1..10 loop
    entered := mayfly.insert_jobs(plain);
    blocked := mayfly.hold_keys(array(select j from unnest(plain) as j where j.id = any (entered)));
    exit when blocked = '{}';
    perform mayfly.undo_jobs(blocked);
    entered := array(select e.id from unnest(entered) as e(id) where e.id <> all (blocked));
    -- A job alone whose key has just become free tries again. In a batch that would break the order of locks.
    exit when cardinality(requests) > 1;
    holder := (select h.id from mayfly.held_key h
      where h.name = (plain[1].request).name and h.key = plain[1].held_key and h.exclusive);
    exit when holder is not null;
  end loop;
  sent_at := clock_timestamp();
  perform mayfly.insert_live(array(select j from unnest(plain) as j where j.id = any (entered)), sent_at);
  if cardinality(counted) > 0 then
    select c.entered, c.refused into decided from mayfly.enqueue_counted(counted, sent_at) as c;
    entered := entered || decided.entered;
    refused := decided.refused;
  end if;
  if exists (select from mayfly.worker w where w.listening) then
    perform mayfly.notify_ready(array(select (j.request).queue from unnest(requests) as j where j.id = any (entered)));
  end if;

  if quiet and cardinality(entered) = cardinality(requests) then
    return;
  end if;
  for answer in select a.* from mayfly.enqueue_answers(requests, entered, blocked, refused) as a loop
    -- It may have ended since it was seen.
    answer.existing_id := coalesce(answer.existing_id, case when answer.outcome = 'blocked' then holder end);
    if strict then
      perform mayfly.refuse_strictly(answer.id, answer.outcome, answer.existing_id, allow_blocked);
    end if;
    id := answer.id;
    outcome := answer.outcome;
    existing_id := answer.existing_id;
    pending := answer.pending;
    running := answer.running;
    return next;
  end loop;
end
$$;
