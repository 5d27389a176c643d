-- The transitions of a job, and the functions they share.
-- breaking: no

-- install: uuid7_floor uuid7 result_slots live_count enqueue_input
-- install: enqueue_v1 turn_v1 rescue_v1 look_v1
