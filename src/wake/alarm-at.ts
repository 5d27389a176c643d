/**
 * When a ledger wants to be called.
 * @module
 */
import { earlier, type LedgerSettings, type LedgerState } from "./state.ts";

/**
 * The earliest of what is due, the end of a lease, and the next look without a cause. A ledger that does not know of a look wants one at once. Null: never,
 * as things are.
 */
export function alarmAt({ nextAt, leases, lookedAt }: LedgerState, { safetyMs }: LedgerSettings): number | null {
  if (lookedAt === null) return 0;
  const ends = Object.values(leases).map(({ until }) => until);
  const leaseEnd = ends.length > 0 ? Math.min(...ends) : null;
  const safetyAt = Number.isFinite(safetyMs) ? lookedAt + safetyMs : null;
  return earlier(earlier(nextAt, leaseEnd), safetyAt);
}
