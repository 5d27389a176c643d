/**
 * A waker with the clock of the system, and what it keeps an invocation alive for.
 * @module
 */
import type { Consumer } from "../../src/app/consumer.ts";
import { systemClock } from "../../src/app/system-clock.ts";
import { type AnnounceIn, createWaker } from "../../src/app/waker.ts";
import type { Logger } from "../../src/base/logger.ts";
import type { Ledger } from "../../src/wake/ledger.ts";

/** A waker that drains for up to four seconds. */
export function wakerOf<Env>(consumer: Consumer<Env>, logger: Logger, ledger?: Ledger): AnnounceIn<Env> {
  const lifetime = { claimForMs: 4_000, hardEndMs: 28_000 };
  return createWaker({
    drains: { consumer, lifetime },
    ledger: () => ledger,
    clock: systemClock,
    newId: () => crypto.randomUUID(),
    logger,
  });
}
