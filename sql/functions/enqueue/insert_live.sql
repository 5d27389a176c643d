-- mayfly.insert_live: make these new jobs live: ready, or scheduled for later. Each becomes ready a microsecond after the one before it, so that
-- they keep their order, and no two share a time: a watermark is not passed by a time that many share.
create function mayfly.insert_live(jobs mayfly.new_job[]) returns void
language plpgsql volatile
as $$
begin
  insert into mayfly.ready ({asked}, ready_at)
  select {asked of j}, clock_timestamp() + j.nth * interval '1 microsecond'
  from unnest(jobs) as j
  where j.at_once;
  insert into mayfly.scheduled ({asked}, run_at)
  select {asked of j}, j.run_at
  from unnest(jobs) as j
  where not j.at_once;
end
$$;
