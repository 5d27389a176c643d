/**
 * Why a job did not go into a transaction, as the database tells it.
 * @module
 */

/** SQLSTATE to outcome: the id is known, so the transaction was committed before; the key is held; the limit is reached. */
export const REFUSALS = { MF001: "duplicate", MF002: "blocked", MF003: "limited" } as const;
