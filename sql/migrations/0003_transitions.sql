-- The transitions of a job, and the functions they share.
-- breaking: no

-- Where a turn looks for ready jobs: priorities from the highest range to the lowest, and since when the jobs looked for have been ready.
create type mayfly.turn_v1_ranges as (least smallint[], most smallint[], since timestamptz[]);

-- install: uuid7_floor uuid7 result_slots result_slots_past empty_result_slot live_count enqueue_input notify_ready enqueue_v1
-- install: duration_step add_up_tallies add_up_costs note_cost claimed_job let_in end_waiting patience turn_v1_promote turn_v1_peek turn_v1_head turn_v1_settle turn_v1_aside turn_v1_marks turn_v1
-- install: rescue_v1 schedule_set_state announce_schedules_v1 fire_v1 look_v1 cancel_v1 retry_v1 enqueue_once_v1
-- install: job_fits job_summary result_fits result_summary

-- A producer's role is granted mayfly.enqueue_v1, and nothing else.
revoke all on all functions in schema mayfly from public;
