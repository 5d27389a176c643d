/**
 * What a container's programs put in is told to the wake ledger, where there is one.
 * @module
 */
import type { Mayfly } from "../../src/app/create-mayfly.ts";
import { systemClock } from "../../src/app/system-clock.ts";
import { createWaker } from "../../src/app/waker.ts";
import type { Logger } from "../../src/base/logger.ts";
import type { Ledger } from "../../src/wake/ledger.ts";
import { type LedgerAddress, remoteLedger } from "../../src/wake/remote-ledger.ts";

/** Has the clients of this queue tell the ledger there, and answers it; undefined: there is none. */
export function tellLedger<Env>(mayfly: Mayfly<Env>, address: LedgerAddress | undefined, logger: Logger): Ledger | undefined {
  if (!address) return undefined;
  const ledger = remoteLedger(address);
  mayfly.onAnnounce(createWaker({ drains: null, ledger: () => ledger, clock: systemClock, newId: () => crypto.randomUUID(), logger }));
  return ledger;
}
