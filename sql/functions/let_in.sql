-- mayfly.let_in: make waiting jobs of a name and key ready, as far as their running limit allows now.
-- most: at most this many. Returns the rows.
-- locks: the advisory lock of the name and key; then rows with skip locked. A claim that counts under the same lock cannot miss what this does.
-- indexes: job_capped, job_held
create function mayfly.let_in(name text, key text, most integer) returns tid[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set jit = off
as $$
declare
  waiting tid[];
  running integer;
  room integer;
  entered tid[];
begin
  perform pg_advisory_xact_lock(hashtextextended(let_in.name || chr(31) || let_in.key, 7382));
  waiting := array(
    select h.ctid from mayfly.job h
    where h.held and h.name = let_in.name and h.concurrency_key = let_in.key
    order by h.priority desc, h.ready_at, h.id limit most for update skip locked
  );
  if waiting = '{}' then
    return waiting;
  end if;
  select count(*) into running from mayfly.job j
  where j.claim_id is not null and j.running_limit is not null and j.name = let_in.name and j.concurrency_key = let_in.key;
  room := (select j.running_limit - running from mayfly.job j where j.ctid = waiting[1]);
  with let as (
    update mayfly.job j set state = 'ready', held = false
    where j.ctid = any (waiting[1:greatest(room, 0)])
    returning j.ctid as tid
  )
  select coalesce(array_agg(l.tid), '{}') into entered from let l;
  return entered;
end
$$;
