/**
 * When a ledger wants to be called.
 * @module
 */
import { earlier, type LedgerSettings, type LedgerState } from "./state.ts";

/** The earliest of what is due, the end of a lease, and the next look without a cause. Null: not before the first wake. */
export function alarmAt({ nextAt, leases, lookedAt }: LedgerState, { safetyMs }: LedgerSettings): number | null {
  const ends = Object.values(leases).map(({ until }) => until);
  const leaseEnd = ends.length > 0 ? Math.min(...ends) : null;
  const safetyAt = lookedAt === null || !Number.isFinite(safetyMs) ? null : lookedAt + safetyMs;
  return earlier(earlier(nextAt, leaseEnd), safetyAt);
}
