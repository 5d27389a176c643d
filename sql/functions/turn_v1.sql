-- mayfly.turn_v1: one round trip of a worker. Renew the heartbeat, settle what finished, promote what is due, claim
-- what fits, report. May be repeated: a repeat waits on the claim's row for its original, changes nothing more, and
-- answers what the original did.
--
-- worker       this worker
-- claim        made by the caller, new for every turn that claims: the fence of all that the turn takes
-- slots        claim at most this many jobs; 0: settle and report only
-- capacity     what can be run here: see mayfly.capacity
-- done         jobs whose attempt succeeded without output, grouped by claim
-- done_claims  the claims of these groups
-- done_counts  the sizes of these groups
-- settled      all other attempts: [{id, claim_id, outcome, retry_in_ms, counts_as_attempt, has_hook, error, output}].
--              retry_in_ms: the job, or its hook, runs again after this time, null: it is over; counts_as_attempt:
--              false, the next attempt has the same number; has_hook: the handler has a hook for this end; outcome: see
--              mayfly.after_attempt
-- marks        watermarks: where earlier scans of this worker ended, so that this one skips dead rows. A job whose
--              insert commits late can lie below them, so they are good for a few seconds only. null: scan from the
--              start
-- presence     what need not be said and asked each time; null: not this time. {queues, runtime, host, deadline_at,
--              heartbeat_ms = 5000, listen, leave, active_claims, usage}
--              listen: notify this worker of new jobs while it claims fewer than it has slots for; leave: sign off if
--              nothing is left to do; active_claims: [[id, claim]] of what runs, to learn which claims are lost; usage:
--              see mayfly.record_usage
--
-- returns      the rows of mayfly.turn_claimed, then one row with head alone: {replayed, rejections, ready_from,
--              exhausted, left_behind, set_aside, busy}, and with presence also {paused, cancels, lost_claims,
--              next_due, next_due_ms, now}.
--              ready_from: when the earliest job that this turn made ready became so, which a watermark may hide
--
-- locks        worker, claim, running rows, keys of jobs that ended, lock rows of running limits by name and key; then
--              ready and scheduled rows with skip locked, and limits of claimed jobs only where they are free
-- indexes      worker_pkey, claim_pkey, queue_pkey, and those of its steps
create function mayfly.turn_v1(
  worker uuid, claim uuid, slots integer, capacity mayfly.capacity, done uuid[], done_claims uuid[], done_counts integer[], settled json,
  marks mayfly.watermarks, presence json
)
returns table (head json, rest json, payload json)
language plpgsql volatile security definer
set lock_timeout = '5s'
-- planner: pinned
as $$
declare
  fresh boolean := false;
  listens boolean;
  queues text[] := (capacity).queues;
  paused text[] := '{}';
  settlement record;
  promotion record;
  claimed record;
  report record;
  scan mayfly.watermarks := coalesce(marks, row('{-32768}', '{32767}', '{-infinity}', '-infinity')::mayfly.watermarks);
  ready_from timestamptz;
begin
  perform mayfly.require_read_committed();
  if presence is not null then
    listens := mayfly.turn_heartbeat(worker, presence);
    paused := array(select q.name from mayfly.queue q where q.name = any (queues) and q.paused_at is not null);
  end if;
  if slots > 0 then
    insert into mayfly.claim (id, worker_id) values (claim, worker)
    on conflict on constraint claim_pkey do nothing;
    fresh := found;
  end if;

  settlement := mayfly.turn_settle(worker, done, done_claims, done_counts, settled);
  ready_from := settlement.ready_from;
  if presence is not null then
    promotion := mayfly.turn_promote((scan).due, capacity);
    ready_from := least(ready_from, promotion.ready_from);
  end if;
  if ready_from is not null then
    scan.since := array(select least(m.since, ready_from) from unnest((scan).since) with ordinality as m(since, nth) order by m.nth);
  end if;

  if fresh then
    if paused <> '{}' then
      queues := array(select q.name from unnest(queues) as q(name) where q.name <> all (paused));
    end if;
    claimed := mayfly.turn_claim(worker, claim, slots, queues, capacity, scan);
  else
    select 0 as claimed, 0 as set_aside, false as busy, null::boolean as exhausted, null::json as left_behind into claimed;
  end if;
  if slots > 0 and (claimed.claimed > 0 or not fresh) then
    return query select c.head, c.rest, c.payload from mayfly.turn_claimed(worker, claim) as c;
  end if;

  head := json_build_object(
    'replayed', slots > 0 and not fresh,
    'rejections', settlement.rejections,
    'ready_from', ready_from,
    'exhausted', claimed.exhausted,
    'left_behind', claimed.left_behind,
    'set_aside', claimed.set_aside,
    'busy', claimed.busy
  );
  if presence is not null then
    perform mayfly.turn_presence(worker, claimed.claimed, slots, listens, presence);
    report := mayfly.turn_report(worker, presence);
    head := head::jsonb || jsonb_build_object(
      'set_aside', claimed.set_aside + promotion.set_aside,
      'paused', paused,
      'cancels', report.cancels,
      'lost_claims', report.lost_claims,
      'next_due', promotion.next_due,
      'next_due_ms', (extract(epoch from promotion.next_due - now()) * 1000)::bigint,
      'now', now()
    );
  end if;
  rest := null;
  payload := null;
  return next;
end
$$;
