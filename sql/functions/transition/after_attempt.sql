-- mayfly.after_attempt: what the end of an attempt makes of its job. The whole state machine: settling, rescue,
-- cancelling, expiry and purge call it, and docs/job-lifecycle.md draws its truth table.
--
-- outcome    of the attempt: successful, errored, cancelled, lost, deferred; or released, given back as if never
--            claimed; hook_done, its hook has ended; hook_lost, its worker died while it ran the hook
-- again      the job, or its hook, is to run again
-- cancelled  an operator has cancelled the job, which is final, but never undoes a success
-- has_hook   its handler has a hook for this end
-- ended      before this attempt: the job had its last result, and stayed for its hook
--
-- result     the outcome to write; null: no row, since the attempt has a result already or never happened
-- next       gone: the job is no longer live; hook: ready, for its hook; ready; scheduled
-- over       with next = hook: nothing follows after that hook
create function mayfly.after_attempt(outcome text, again boolean, cancelled boolean, has_hook boolean, ended boolean)
returns table (result text, next text, over boolean)
language sql immutable
as $$
  select
    r.result,
    case
      when outcome in ('released', 'hook_lost') then 'ready'
      when outcome = 'hook_done' and again then 'scheduled'
      when outcome = 'hook_done' and ended then 'gone'
      when outcome = 'hook_done' and not cancelled then 'ready'
      when outcome = 'successful' then 'gone'
      when again and r.result not in ('lost', 'cancelled') then 'scheduled'
      when has_hook then 'hook'
      when again and r.result = 'lost' then 'ready'
      else 'gone'
    end,
    not again or r.result is not distinct from 'cancelled'
  from (
    select case
      when outcome in ('released', 'hook_lost') then null
      when outcome = 'hook_done' then case when cancelled and not again and not ended then 'cancelled' end
      when cancelled and (again or outcome = 'lost') and outcome <> 'successful' then 'cancelled'
      else outcome
    end as result
  ) as r
$$;
