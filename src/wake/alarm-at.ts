/**
 * When a ledger wants to be called.
 * @module
 */
import { earlier, type LedgerSettings, type LedgerState } from "./state.ts";

/**
 * The earliest of what is due, the end of a lease, a rescue, and the next look without a cause. A ledger that does not know of a look wants one at once. Null: never,
 * as things are.
 */
export function alarmAt({ nextAt, rescues, leases, lookedAt }: LedgerState, { safetyMs }: LedgerSettings): number | null {
  if (lookedAt === null) return 0;
  const leaseEnd = earliest(Object.values(leases).map(({ until }) => until));
  const safetyAt = Number.isFinite(safetyMs) ? lookedAt + safetyMs : null;
  return earlier(earlier(nextAt, leaseEnd), earlier(earliest(rescues), safetyAt));
}

function earliest(times: readonly number[]): number | null {
  return times.length > 0 ? Math.min(...times) : null;
}
