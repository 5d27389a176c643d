-- mayfly.privileges_of: what a kind of database role needs, and nothing more; granted: whether the current role has it.
--   producer  enqueues
--   worker    besides: turns, ticks, housekeeping, schedules; reads jobs and results by id; cancels and retries
--   viewer    reads everything but answered requests, failed sign-ins and ended sessions
--   operator  besides: enqueues, cancels, retries, purges, clears, pauses; keeps sign-ins
-- An app with an API, a dashboard and a cron trigger is a worker and an operator. Who has run the migrations owns all
-- of it. The functions that write run with the owner's rights, so that no role but the owner may write to the tables of
-- jobs and results.
create function mayfly.privileges_of(kind text) returns table (privilege text, object text, granted boolean)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select 'usage', 'schema mayfly', has_schema_privilege('mayfly', 'usage')
  union all
  select 'execute', 'function ' || f.signature, has_function_privilege(f.oid, 'execute')
  from (
    select p.oid, p.oid::regprocedure::text as signature, regexp_replace(p.proname, '_v\d+$', '') as verb,
      p.provolatile <> 'v' as reads
    from pg_proc p
    where p.pronamespace = 'mayfly'::regnamespace
  ) as f
  where kind <> 'viewer' and f.verb in ('enqueue', 'enqueue_one', 'enqueue_group', 'enqueue_once', 'live_count')
    or kind in ('worker', 'operator') and f.verb in ('cancel', 'retry', 'producer_jobs')
    or kind = 'worker' and f.verb in ('turn', 'tick', 'maintain', 'announce_schedules', 'fire')
    or kind = 'operator' and f.verb in ('purge', 'clear_past', 'notify_ready')
    or kind <> 'producer' and f.reads
  union all
  select 'select', 'table ' || c.oid::regclass, has_table_privilege(c.oid, 'select')
  from pg_class c
  where c.relnamespace = 'mayfly'::regnamespace and c.relkind in ('r', 'p', 'v') and not c.relispartition
    and (
      kind in ('viewer', 'operator') and c.relname not in ('idempotency_key', 'sign_in', 'signed_out')
      or kind = 'worker' and c.relname in ('migration', 'job', 'live', 'result', 'cancel', 'held_key')
    )
  union all
  select w.privilege, 'table mayfly.' || w.name, has_table_privilege('mayfly.' || w.name, w.privilege)
  from (values
    ('insert', 'queue'), ('update', 'queue'),
    ('select', 'sign_in'), ('insert', 'sign_in'), ('update', 'sign_in'), ('delete', 'sign_in'),
    ('select', 'signed_out'), ('insert', 'signed_out'), ('delete', 'signed_out')
  ) as w(privilege, name)
  where kind = 'operator'
  union all
  select format('update (%s)', w.name), 'table mayfly.schedule',
    has_column_privilege('mayfly.schedule', w.name, 'update')
  from (values ('paused_at'), ('resumed_at')) as w(name)
  where kind = 'operator'
$$;
