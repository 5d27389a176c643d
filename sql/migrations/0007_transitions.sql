-- The transitions of a job, and the functions they share.
-- breaking: no

-- What a job is asked to be, each value within its bounds: the columns of mayfly.job that a retry by hand copies.
create type mayfly.job_request as (
  retry_of uuid,
  timeout_ms mayfly.positive,
  running_limit mayfly.positive,
  priority smallint,
  retries mayfly.retries,
  exclusive boolean,
  idempotent boolean,
  queue mayfly.short_name,
  name mayfly.short_name,
  key mayfly.short_key,
  source mayfly.short_text,
  traceparent mayfly.short_text,
  tracestate mayfly.short_text,
  created_by mayfly.short_text,
  payload mayfly.payload
);

-- A job about to be enqueued. nth: its place in the call; at_once: it is due now; counted: live_limit or an expectation
-- decides whether it is enqueued, instead of the rule of one live job for each key; held_key, bytes: see mayfly.ready.
create type mayfly.new_job as (
  nth bigint, id uuid, partition smallint, run_at mayfly.finite_time, expires_at mayfly.finite_time, at_once boolean,
  counted boolean,
  live_limit mayfly.positive, expect_pending integer, expect_running integer, held_key text, bytes integer,
  request mayfly.job_request
);

-- The end of an attempt, as the caller of mayfly.end_attempts gives it. job: its row as it was while it ran, or waited
-- (then without claim and worker).
create type mayfly.ending as (
  job mayfly.running, outcome text, retry_in_ms bigint, counts_as_attempt boolean, has_hook boolean, error json,
  output json
);

-- The same with what mayfly.after_attempt makes of it.
create type mayfly.transition as (
  job mayfly.running, outcome text, retry_in_ms bigint, counts_as_attempt boolean, error json, output json,
  result text, next text, over boolean
);

-- What mayfly.release has to free after the end of an attempt.
create type mayfly.freed as (id uuid, name text, held_key text, running_limit integer, gone boolean);

-- The last result of a job that has finished. retried_as: see mayfly.result.
create type mayfly.finished as (id uuid, partition smallint, claim_id uuid, retried_as uuid);

-- What a worker can run: jobs of these queues and names, with time-outs up to this. hook_names: names whose handlers
-- have a hook; max_bytes: of large payloads in one claim; park: set aside jobs that cannot be run here.
create type mayfly.capacity as (
  queues text[], names text[], hook_names text[], max_timeout_ms bigint, max_bytes bigint, park boolean
);

-- How far index scans have come: ranges of priorities from the highest to the lowest, each with the time since when the
-- jobs looked for have been ready; due: the same for scheduled jobs.
create type mayfly.watermarks as (least smallint[], most smallint[], since timestamptz[], due timestamptz);

-- install: require_read_committed duration_bucket record_usage notify_ready live_count
-- install: check_new_jobs request_of is_plain large key_to_hold on_grid new_jobs insert_jobs undo_jobs hold_keys
-- install: insert_live lock_live_limits enqueue_counted enqueue_answers refuse_strictly
-- install: enqueue_now enqueue_v1 enqueue_group_v1 enqueue_one_v1 enqueue_once_v1
-- install: lock_running_limit try_running_limit admit_throttled
-- install: after_attempt attempts_made free_attempts write_results move_jobs end_attempts release take_waiting
-- install: cancel_waiting
-- install: runs_here park_delay turn_heartbeat turn_succeed turn_end turn_rejections turn_settle turn_promote
-- install: turn_scan_head turn_lock_queue turn_lock_head turn_take turn_claim_limited turn_wait turn_set_aside
-- install: turn_fit_bytes turn_claim
-- install: turn_claimed turn_report turn_presence turn_v1
-- install: orphan_workers lost_attempt rescue_v1 purged_attempt purge_v1 lock_for_cancel cancel_v1
-- install: lock_finished jobs_again retry_v1
-- install: job_matches job_summary overdue_since result_matches result_summary
-- install: schedule_set_state announce_schedules_v1 fire_v1
-- install: counted_queues roll_up_attempt_counts roll_up_usage partition_last_day closed_partitions move_stragglers
-- install: truncate_partition delete_past clear_past
-- install: duty_expire duty_admit duty_forget duty_count duty_stragglers duty_retention maintain_v1 maintenance_due
-- install: note_rescue tick_v1
-- install: producer_jobs_v1 privileges_of grant_v1

insert into mayfly.duty (name, every, due_at)
select d.name, d.every, now() + d.every
from (values
  ('expire', null::interval),
  ('admit', null),
  ('count', interval '5 minutes'),
  ('forget', interval '5 minutes'),
  ('stragglers', interval '1 hour'),
  ('retention', interval '1 hour'),
  ('rescue', null)
) as d(name, every);

-- A role is granted what it needs, and nothing by default: see mayfly.enqueue_v1.
revoke all on all functions in schema mayfly from public;
