-- Takes Mayfly out of the database, with all its jobs and results, and with whatever of others depends on them.
drop schema if exists mayfly cascade
