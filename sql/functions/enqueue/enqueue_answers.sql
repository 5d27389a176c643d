-- mayfly.enqueue_answers: the outcome of each job of a call, in order, and which job was in the way of a refused one. A
-- repeat of an id within the call is a duplicate, whatever the counts say.
-- indexes: held_key_exclusive
create function mayfly.enqueue_answers(requests mayfly.new_job[], entered uuid[], blocked uuid[], refused jsonb)
returns table (id uuid, outcome text, existing_id uuid, pending integer, running integer)
language sql volatile
as $$
  select
    d.id,
    d.outcome,
    case d.outcome
      when 'duplicate' then case when current_setting('transaction_isolation') = 'read committed' then d.id end
      when 'blocked' then (select h.id from mayfly.held_key h where h.name = d.name and h.key = d.key and h.exclusive)
    end,
    case when d.outcome in ('limited', 'conflict') then (refused -> d.id::text ->> 'pending')::integer end,
    case when d.outcome in ('limited', 'conflict') then (refused -> d.id::text ->> 'running')::integer end
  from (
    select r.nth, r.id, (r.request).name as name, (r.request).key as key,
      case
        when row_number() over (partition by r.id order by r.nth) > 1 then 'duplicate'
        when r.id = any (entered) then 'enqueued'
        when r.id = any (blocked) then 'blocked'
        else coalesce(refused -> r.id::text ->> 'outcome', 'duplicate')
      end as outcome
    from unnest(requests) as r
  ) as d
  order by d.nth
$$;
