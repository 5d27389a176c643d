/**
 * What a cron runs where there may be a ledger: nothing, as long as that says that nobody has to look.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/logger.ts";
import type { AskReply, Ledger } from "../wake/ledger.ts";
import type { TickReport } from "../worker/tick.ts";
import type { Consumer } from "./consumer.ts";
import type { Lifetime } from "./lifetime.ts";
import { settleWithLedger } from "./settle-with-ledger.ts";

export interface CronOptions {
  /** Undefined: there is none, and every cron looks. */
  readonly ledger: Ledger | undefined;
  /** How the ledger knows this cron. */
  readonly name: string;
  readonly lifetime: Lifetime;
  /** True: it looks, whatever the ledger says. */
  readonly always?: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What is due this soon is waited for; the rest the ledger starts somebody for. */
export const LEDGER_WAIT_MS = 1_000;

/**
 * Runs a tick, unless the ledger says that none is needed: then it answers undefined, and nothing was asked of the database.
 * @throws DriverError
 */
export async function cronTick<Env>(
  consumer: Consumer<Env>,
  env: Env,
  { ledger, name, lifetime, always = false, clock, logger }: CronOptions,
): Promise<TickReport | undefined> {
  if (!ledger) return await consumer.tick(env, lifetime);
  const asked = always ? undefined : await ask();
  if (asked && !asked.look) return undefined;
  // A ledger that cannot be reached starts nobody either.
  const waitMs = asked || always ? LEDGER_WAIT_MS : lifetime.claimForMs;
  const { slots, deployment } = consumer;
  return await settleWithLedger({ ledger, consumer: name, epoch: asked?.epoch, slots, deployment, clock }, (onWorkLeft) =>
    consumer.tick(env, { ...lifetime, waitMs, onWorkLeft }),
  );

  async function ask(): Promise<AskReply | undefined> {
    try {
      return await ledger?.due({ lease: { consumer: name, forMs: consumer.leaseMs }, deployment: consumer.deployment });
    } catch (error) {
      logger.warn("the wake ledger cannot be reached, so the cron looks", { error });
      return undefined;
    }
  }
}
