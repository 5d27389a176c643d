-- mayfly.enqueue_one_v1: mayfly.enqueue_group_v1 for one job, without its exception block. A block is a subtransaction:
-- a transaction that enqueues many jobs one by one would fill the server's cache of subtransactions, and slow down
-- every snapshot.
--
-- returns  null: the job was enqueued; else as mayfly.enqueue_group_v1
--
-- locks    the id
-- indexes  job_NN_pkey, worker_listening
create function mayfly.enqueue_one_v1(kind jsonb, id uuid, payload json) returns json
language plpgsql volatile security definer
set lock_timeout = '2s'
-- planner: pinned
as $$
#variable_conflict use_variable
declare
  request mayfly.job_request := mayfly.request_of(kind);
  part smallint := mayfly.partition_of(id);
  bytes integer := mayfly.large(payload);
begin
  if (abs(floor(extract(epoch from clock_timestamp()) / 86400) - mayfly.id_day(id)) <= 1) is not true
    or current_setting('transaction_isolation') <> 'read committed' or octet_length(payload::text) > 4194304
      or not mayfly.is_plain(kind)
  then
    return mayfly.enqueue_group_v1(kind, array[id], json_build_array(payload));
  end if;
  insert into mayfly.job (id, partition, {request but retry_of, running_limit, exclusive, key})
  values (id, part, {request but retry_of, running_limit, exclusive, key, payload of request}, payload)
  on conflict do nothing;
  if not found then
    return json_build_array(json_build_array(1, 'duplicate', id, null, null));
  end if;
  insert into mayfly.ready (id, partition, queue, name, priority, retries, timeout_ms, bytes, ready_at)
  values (id, part, request.queue, request.name, request.priority, request.retries, request.timeout_ms, bytes,
    clock_timestamp());
  if exists (select from mayfly.worker w where w.listening) then
    perform mayfly.notify_ready(array[request.queue]);
  end if;
  return null;
end
$$;
