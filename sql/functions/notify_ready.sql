-- mayfly.notify_ready: send the names of these queues, which have ready jobs, to the workers that listen and serve
-- them.
-- While no worker listens, nothing is sent: transactions that notify commit one after the other.
-- indexes: worker_listening
create function mayfly.notify_ready(queues text[]) returns void
language plpgsql volatile
as $$
begin
  perform pg_notify('mayfly_ready', q.name)
  from (select distinct n.name from unnest(queues) as n(name)) as q
  where exists (select from mayfly.worker w where w.listening and q.name = any (w.queues));
end
$$;
