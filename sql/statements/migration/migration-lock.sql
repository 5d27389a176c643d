-- In a migration's transaction, once there is a ledger: two deployments that migrate at once do so one after the other.
lock table mayfly.migration in share row exclusive mode
