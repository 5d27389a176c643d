-- mayfly.insert_live: make these new jobs live: ready, or scheduled for later. Each becomes ready a microsecond after
-- the one before it in the call. So they keep their order, and no two share a time, which a watermark could not pass.
-- sent_at: the same for all jobs of a call
create function mayfly.insert_live(jobs mayfly.new_job[], sent_at timestamptz) returns void
language plpgsql volatile
as $$
begin
  insert into mayfly.ready (id, partition, expires_at, bytes, held_key, {kind}, ready_at)
  select j.id, j.partition, j.expires_at, j.bytes, j.held_key, {kind of (j.request)},
    sent_at + j.nth * interval '1 microsecond'
  from unnest(jobs) as j
  where j.at_once;
  insert into mayfly.scheduled (id, partition, expires_at, bytes, held_key, {kind}, run_at)
  select j.id, j.partition, j.expires_at, j.bytes, j.held_key, {kind of (j.request)}, j.run_at
  from unnest(jobs) as j
  where not j.at_once;
end
$$;
