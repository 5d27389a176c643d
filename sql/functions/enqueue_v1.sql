-- mayfly.enqueue_v1: put jobs into the queue, each at most once per id, however often the call is repeated.
-- Public: every producer, in any language, goes through it, and a producer's role needs to be allowed nothing else.
--
-- jobs     a JSON array of up to 10,000 objects. Only name is required:
--          {name, id, payload, queue, priority, retries, timeout_ms, delay_ms, run_at, expires_ms, expires_at, idempotent,
--           key, limit, expect, running_limit, source, traceparent, tracestate, created_by}
--          expires_ms: from when it is due; waiting longer, it ends as cancelled. idempotent: an attempt lost with its worker does not count
--          key: one live job of a name holds it, unless one of these is given:
--          limit: at most this many live jobs of the name and key (of the name, where there is no key)
--          expect: {pending, running}, goes in only while neither count is higher
--          running_limit: always goes in, but at most this many of the name and key run at a time
-- strict   for a caller's own transaction: a job that does not go in is an error, so that all else is rolled back.
--          MF001 the id is known (the transaction has been committed before), MF002 the key is held, MF003 over its limit
-- allow_blocked  with strict: a held key or a reached limit is no error
-- quiet    no rows if all went in
--
-- returns  a row a job, in the array's order. outcome: enqueued, duplicate, blocked, limited or conflict (expect no longer holds);
--          existing_id: the job in the way, for duplicate and blocked; pending, running: the counts, for limited and conflict.
--          blocked without existing_id, in a batch only: the holder has just ended, ask again.
-- A refused request that arrives once more, later, may go in.
--
-- While a worker that serves a job's queue listens on the channel mayfly_ready and has nothing to do, the queue's name is sent there.
--
-- locks    advisory locks by number, then rows by (name, key, id); nothing later waits
-- indexes  job_pkey, job_key, job_group, result_id, worker_listening
create function mayfly.enqueue_v1(jobs jsonb, strict boolean default false, allow_blocked boolean default false, quiet boolean default false)
returns table (id uuid, outcome text, existing_id uuid, pending integer, running integer)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set jit = off
as $$
declare
  total integer;
  any_counted boolean;
  round integer := 0;
  job record;
  live record;
  blocker uuid;
  inserted uuid[];
  low uuid;
  high uuid;
  slots smallint[];
  day_slot smallint;
  known boolean;
  finished uuid[];
  refused jsonb := '{}';
begin
  if jsonb_typeof(jobs) is distinct from 'array' then
    raise exception 'jobs must be a JSON array' using errcode = '22023';
  end if;
  total := jsonb_array_length(jobs);
  if total > 10000 then
    raise exception '% jobs in one call, at most 10000 are taken', total using errcode = '54000';
  end if;
  -- A snapshot from before the call could miss a result written since, and run its job again.
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'enqueue_v1 needs a transaction that is read committed' using errcode = '0A000';
  end if;
  if jsonb_path_exists(jobs, '$[*] ? (!exists(@.id) || @.id == null)') then
    jobs := (
      select jsonb_agg(case when e.job ->> 'id' is null then e.job || jsonb_build_object('id', mayfly.uuid7()) else e.job end order by e.nth)
      from jsonb_array_elements(jobs) with ordinality as e(job, nth)
    );
  end if;

  any_counted := jsonb_path_exists(jobs, '$[*] ? (@.limit != null || @.expect != null)');
  if any_counted then
    for job in
      select distinct hashtextextended(i.name || coalesce(chr(31) || nullif(i.key, ''), ''), 7381) as lock
      from mayfly.enqueue_input(jobs) i where i.counted order by lock
    loop
      perform pg_advisory_xact_lock(job.lock);
    end loop;
  end if;

  -- The plain ones, as one set. One alone whose key has just become free tries again; in a batch that would break the lock order.
  loop
    with goes_in as (
      insert into mayfly.job as j (
        id, state, queue, name, concurrency_key, exclusive, running_limit, idempotent, priority, retries, timeout_ms, run_at, ready_at, expires_at,
        source, traceparent, tracestate, created_by, payload
      )
      select
        i.id, case when i.due > now() then 'scheduled' else 'ready' end, i.queue, i.name, i.key, i.exclusive, i.running_limit, i.idempotent, i.priority, i.retries, i.timeout_ms,
        i.due, case when i.due > now() then null else now() end, i.expires,
        i.source, i.traceparent, i.tracestate, i.created_by, i.payload
      from mayfly.enqueue_input(jobs) i
      where not i.counted
      order by i.name, i.key, case when i.key is null then i.id end, i.nth
      on conflict do nothing
      returning j.id
    )
    select coalesce(array_agg(g.id order by g.id), '{}') into inserted from goes_in g;
    round := round + 1;
    exit when total <> 1 or any_counted or cardinality(inserted) = 1 or round = 10;
    -- Remembered: it may be gone by the time the answer is made.
    select holder.id into blocker from mayfly.enqueue_input(jobs) i
    left join lateral (select j.id from mayfly.job j where j.name = i.name and j.concurrency_key = i.key and j.exclusive limit 1) as holder on true
    -- A value, not "exists": that may be answered by a hash of the whole table.
    where holder.id is not null or (select true from mayfly.job j where j.id = i.id);
    exit when found;
  end loop;

  -- The counted ones, one by one: each sees those before it.
  if any_counted then
    for job in
      select i.nth, i.id, i.queue, i.name, i.key, i.running_limit, i.idempotent, i.priority, i.retries, i.timeout_ms, i.due, i.expires, i.most, i.expect_pending, i.expect_running,
        i.source, i.traceparent, i.tracestate, i.created_by, i.payload
      from mayfly.enqueue_input(jobs) i where i.counted order by i.name, i.key, i.nth
    loop
      select c.pending, c.running into live from mayfly.live_count(job.name, nullif(job.key, ''), job.most) c;
      if live.pending + live.running >= job.most or live.pending > job.expect_pending or live.running > job.expect_running then
        refused := refused || jsonb_build_object(job.nth::text, jsonb_build_object(
          'outcome', case when live.pending + live.running >= job.most then 'limited' else 'conflict' end, 'pending', live.pending, 'running', live.running
        ));
      else
        insert into mayfly.job as j (
          id, state, queue, name, concurrency_key, exclusive, running_limit, idempotent, priority, retries, timeout_ms, run_at, ready_at, expires_at,
          source, traceparent, tracestate, created_by, payload
        )
        values (
          job.id, case when job.due > now() then 'scheduled' else 'ready' end, job.queue, job.name, job.key, false, job.running_limit, job.idempotent, job.priority, job.retries, job.timeout_ms,
          job.due, case when job.due > now() then null else now() end, job.expires,
          job.source, job.traceparent, job.tracestate, job.created_by, job.payload
        )
        on conflict do nothing
        returning j.id into low;
        if found then
          inserted := inserted || low;
        end if;
      end if;
    end loop;
    inserted := array(select i.id from unnest(inserted) as i(id) order by i.id);
  end if;

  -- What has run must not run again. Only now, with the ids taken, can a fresh snapshot not miss a result.
  -- One range probe a slot says that none of a fresh batch has; ids of one batch lie close together.
  if inserted <> '{}' then
    low := inserted[1];
    high := inserted[cardinality(inserted)];
    slots := mayfly.result_slots(inserted);
    -- One at a time, so that the plan is rid of all other partitions before it starts.
    foreach day_slot in array slots loop
      known := (select true from mayfly.result r where r.slot = day_slot and r.id between low and high limit 1);
      exit when known;
    end loop;
    if known then
      finished := array(
        select i.id from unnest(inserted) as i(id)
        where exists (
          select from unnest(slots) as s(slot)
          cross join lateral (select from mayfly.result r where r.slot = s.slot and r.id = i.id limit 1) as hit
        )
      );
      delete from mayfly.job j where j.id = any (finished);
      inserted := array(select i.id from unnest(inserted) as i(id) where i.id <> all (finished));
    end if;
  end if;

  -- Only then: transactions that notify commit one after the other.
  if cardinality(inserted) > 0 and exists (select from mayfly.worker w where w.listening) then
    perform mayfly.notify_ready(array(select j.queue from unnest(inserted) as i(id) join mayfly.job j on j.id = any (array[i.id])));
  end if;

  if cardinality(inserted) = total then
    if quiet then
      return;
    end if;
    return query select (e.job ->> 'id')::uuid, 'enqueued'::text, null::uuid, null::integer, null::integer
    from jsonb_array_elements(jobs) with ordinality as e(job, nth) order by e.nth;
    return;
  end if;

  -- Name what stood in the way of the others. A repeat of one that went in is a duplicate, whatever the counts say now.
  slots := mayfly.result_slots(array(select i.id from mayfly.enqueue_input(jobs) i));
  for job in
    select i.id, i.name, i.key, i.id = any (inserted) and row_number() over (partition by i.id order by i.nth) = 1 as went_in,
      coalesce(same.id, past.id) as known, holder.id as holder, refused -> i.nth::text as refusal
    from mayfly.enqueue_input(jobs) i
    left join lateral (select j.id from mayfly.job j where j.id = i.id limit 1) as same on true
    left join lateral (
      select hit.id from unnest(slots) as s(slot)
      cross join lateral (select r.id from mayfly.result r where r.slot = s.slot and r.id = i.id limit 1) as hit limit 1
    ) as past on same.id is null
    left join lateral (select j.id from mayfly.job j where j.name = i.name and j.concurrency_key = i.key and j.exclusive limit 1) as holder on not i.counted
    order by i.nth
  loop
    id := job.id;
    existing_id := null;
    pending := null;
    running := null;
    if job.went_in then
      outcome := 'enqueued';
    elsif job.known is not null then
      outcome := 'duplicate';
      existing_id := job.known;
    elsif job.refusal is not null then
      outcome := job.refusal ->> 'outcome';
      pending := job.refusal ->> 'pending';
      running := job.refusal ->> 'running';
    else
      outcome := 'blocked';
      existing_id := coalesce(job.holder, blocker);
    end if;
    if strict and outcome = 'duplicate' then
      raise exception 'job % is already enqueued', id using errcode = 'MF001';
    elsif strict and not allow_blocked and outcome = 'blocked' then
      raise exception 'the key % of % is held by job %', quote_literal(job.key), quote_literal(job.name), existing_id using errcode = 'MF002';
    elsif strict and not allow_blocked and outcome in ('limited', 'conflict') then
      raise exception 'the limit of % is reached: % pending, % running', quote_literal(job.name), pending, running using errcode = 'MF003';
    end if;
    return next;
  end loop;
end
$$;
