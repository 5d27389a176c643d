/**
 * A lane as a Durable Object: it runs a consumer in its alarm, which is an invocation of its own, however many have led to it.
 * @module
 */
import type { Consumer } from "../../src/app/consumer.ts";
import { LEDGER_WAIT_MS } from "../../src/app/cron-tick.ts";
import type { Lifetime } from "../../src/app/lifetime.ts";
import { settleWithLedger } from "../../src/app/settle-with-ledger.ts";
import { systemClock } from "../../src/app/system-clock.ts";
import type { Logger } from "../../src/base/logger.ts";
import type { LaneStart } from "../../src/wake/ledger.ts";
import { type DurableObjectClass, type DurableObjectContext, type LaneRpc, ledgerOf } from "./bindings.ts";

/** Under which the start is stored that the next alarm is for. */
const START = "start";

/** Makes its class over the runtime's `DurableObject`. */
export function laneObject<Env extends object>(
  { consumer, lifetime, logger }: { readonly consumer: Consumer<Env>; readonly lifetime: Lifetime; readonly logger: Logger },
  Base: DurableObjectClass,
): new (
  context: never,
  env: never,
) => LaneRpc {
  return class extends Base implements LaneRpc {
    readonly #storage: DurableObjectContext["storage"];
    readonly #env: Env;

    constructor(context: DurableObjectContext, env: Env) {
      super(context as never, env as never);
      this.#storage = context.storage;
      this.#env = env;
    }

    /** Calls that lead to calls are cut off at the sixteenth; an alarm begins anew. */
    async start(start: LaneStart): Promise<void> {
      this.#storage.kv.put(START, start);
      await this.#storage.setAlarm(systemClock.now());
    }

    /**
     * Called by the runtime, once more where it was killed in the middle. Only the first call is a lane: a second one would give the lease back, by whose end
     * the ledger learns that there are jobs to rescue. It must not throw, for the same reason.
     */
    async alarm(): Promise<void> {
      const start = this.#storage.kv.get(START) as LaneStart | undefined;
      const ledger = ledgerOf(this.#env);
      if (!start || !ledger) return;
      this.#storage.kv.delete(START);
      const { lane, epoch } = start;
      const { slots, deployment } = consumer;
      try {
        await settleWithLedger({ ledger, consumer: lane, epoch, slots, deployment, clock: systemClock }, (onWorkLeft) =>
          consumer.tick(this.#env, { ...lifetime, waitMs: LEDGER_WAIT_MS, onWorkLeft }),
        );
      } catch (error) {
        logger.warn("a lane failed; the ledger starts another", { lane, error });
      }
    }
  };
}
