-- mayfly.notify_ready: tell the workers that listen and serve these queues that they have ready jobs, as "<since when,
-- milliseconds since 1970> <queue>".
-- ready_from: none of these jobs became ready before. Default: the start of the transaction, the same for all that it
-- enqueues, so that the server sends one notification for them. Workers scan again from there, not from the start.
-- While no worker listens, nothing is sent: transactions that notify commit one after the other.
-- indexes: worker_listening
create function mayfly.notify_ready(queues text[], ready_from timestamptz default now()) returns void
language plpgsql volatile
as $$
begin
  perform pg_notify('mayfly_ready', floor(extract(epoch from ready_from) * 1000)::bigint || ' ' || q.name)
  from (select distinct n.name from unnest(queues) as n(name)) as q
  where exists (select from mayfly.worker w where w.listening and q.name = any (w.queues));
end
$$;
