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
-- locks    as mayfly.enqueue_now
-- indexes  lock_row_pkey, running_pkey, and those of mayfly.enqueue_now
create function mayfly.enqueue_v1(jobs jsonb, strict boolean default false, allow_blocked boolean default false,
  quiet boolean default false)
returns table (id uuid, outcome text, existing_id uuid, pending integer, running integer)
language plpgsql volatile security definer
set lock_timeout = '2s'
-- planner: pinned
as $$
begin
  return query
    select e.id, e.outcome, e.existing_id, e.pending, e.running
    from mayfly.enqueue_now(jobs, strict, allow_blocked, quiet) as e;
end
$$;
