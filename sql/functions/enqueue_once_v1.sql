-- mayfly.enqueue_once_v1: enqueue for a request that its sender may repeat, and answer every repeat as the first time.
--
-- key      of the request
-- digest   of everything that the request asks for
-- jobs     as mayfly.enqueue_v1 takes them. {id, skipped: true} stands for a job that is not to be enqueued; the answer
--          remembers it with the others
--
-- returns  a row for each job, in the array's order: outcome, existing_id, pending, running as of mayfly.enqueue_v1, or
--          the outcome skipped; replayed: the request was answered before, and this is that answer.
--          With a conflict among the outcomes nothing was enqueued and nothing is remembered: ask again.
-- MF004    the key was used with another digest
--
-- A request is remembered for a day at least: see mayfly.duty_forget.
--
-- locks    the request's row, on which a repeat waits for its original; then as mayfly.enqueue_v1
-- indexes  idempotency_key_pkey, and those of mayfly.enqueue_v1
create function mayfly.enqueue_once_v1(key uuid, digest text, jobs jsonb)
returns table (replayed boolean, id uuid, outcome text, existing_id uuid, pending integer, running integer)
language plpgsql volatile security definer
set lock_timeout = '2s'
-- planner: pinned
as $$
declare
  known record;
  given jsonb;
begin
  perform mayfly.require_read_committed();
  loop
    insert into mayfly.idempotency_key as r (id, digest) values (key, enqueue_once_v1.digest) on conflict do nothing;
    replayed := not found;
    exit when not replayed;
    -- Gone again: it has just been forgotten.
    select r.digest, r.answer into known from mayfly.idempotency_key r where r.id = key;
    exit when found;
  end loop;
  if replayed then
    if known.digest <> enqueue_once_v1.digest then
      raise exception 'the request % was another one', key using errcode = 'MF004';
    end if;
    given := known.answer;
  else
    begin
      select jsonb_agg(coalesce(to_jsonb(v), jsonb_build_object('id', a.job -> 'id', 'outcome', 'skipped'))
      order by a.nth) into given
      from (
        select e.job, e.nth, case when not e.job ? 'skipped'
          then count(*) filter (where not e.job ? 'skipped') over (order by e.nth) end as wanted
        from jsonb_array_elements(jobs) with ordinality as e(job, nth)
      ) as a
      left join (
        select w.id, w.outcome, w.existing_id, w.pending, w.running, w.nth from mayfly.enqueue_v1((
          select coalesce(jsonb_agg(e.job order by e.nth), '[]')
          from jsonb_array_elements(jobs) with ordinality as e(job, nth) where not e.job ? 'skipped'
        )) with ordinality as w(id, outcome, existing_id, pending, running, nth)
      ) as v on v.nth = a.wanted;
      if jsonb_path_exists(given, '$[*] ? (@.outcome == "conflict")') then
        raise exception 'overtaken' using errcode = 'MF005';
      end if;
      update mayfly.idempotency_key r set answer = given where r.id = key;
    exception when sqlstate 'MF005' then
      delete from mayfly.idempotency_key r where r.id = key;
    end;
  end if;
  return query
    select enqueue_once_v1.replayed, t.id, t.outcome, t.existing_id, t.pending, t.running
    from rows from (jsonb_to_recordset(given) as (id uuid, outcome text, existing_id uuid, pending integer,
      running integer))
      with ordinality as t(id, outcome, existing_id, pending, running, nth)
    order by t.nth;
end
$$;
