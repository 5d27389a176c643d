-- First in a migration's transaction: two deployments that migrate at once do so one after the other.
select pg_advisory_xact_lock(7381, 1)
