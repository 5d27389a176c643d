-- mayfly.enqueue_now: what mayfly.enqueue_v1 does, within the caller's lock time-out.
-- locks: lock rows of live limits by name and key, then ids, then keys by name and key
-- indexes: job_NN_pkey, held_key_pkey, held_key_exclusive, worker_listening
create function mayfly.enqueue_now(jobs jsonb, strict boolean, allow_blocked boolean, quiet boolean)
returns table (id uuid, outcome text, existing_id uuid, pending integer, running integer)
language plpgsql volatile
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
