/**
 * The wake ledger as a Durable Object: it remembers when something is due, and starts lanes then.
 * @module
 */
import type { Logger } from "../../src/base/logger.ts";
import type { Ask, AskReply, LaneStart, Settle, Wake } from "../../src/wake/ledger.ts";
import { type LedgerEvent, reduce } from "../../src/wake/reduce.ts";
import { calleeOf } from "../../src/wake/start-lanes.ts";
import { type LedgerSettings, type LedgerState, UNKNOWN } from "../../src/wake/state.ts";
import { type LedgerRpc, type LedgerStatus, statusOf } from "../../src/wake/status.ts";
import type { DurableObjectClass, DurableObjectContext, WakeBindings } from "./bindings.ts";
import { extensible, type RuntimeSubclass } from "./runtime-class.ts";

/** Until callees are called again whose lanes could not be started. */
const RETRY_MS = 5_000;
/** Under which its state is stored. */
const STATE = "ledger";

/** Makes its class over the runtime's `DurableObject`. */
export function ledgerObject<Env extends object, Base extends DurableObjectClass>(
  { settings, logger }: { readonly settings: (env: Env) => LedgerSettings; readonly logger: Logger },
  Base: Base,
): RuntimeSubclass<Base, LedgerRpc> {
  return class extends extensible(Base) implements LedgerRpc {
    readonly #storage: DurableObjectContext["storage"];
    readonly #env: WakeBindings;
    readonly #settings: LedgerSettings;
    #state: LedgerState;

    constructor(context: DurableObjectContext, env: Env & WakeBindings) {
      super(context as never, env as never);
      this.#storage = context.storage;
      this.#env = env;
      this.#settings = settings(env);
      this.#state = { ...UNKNOWN, ...(context.storage.kv.get(STATE) as LedgerState | undefined) };
    }

    async wake(wake: Wake): Promise<{ epoch: number }> {
      const { epoch } = await this.#take({ type: "wake", ...wake });
      return { epoch };
    }

    async settle(settle: Settle): Promise<void> {
      await this.#take({ type: "settle", ...settle });
    }

    async due(ask: Ask): Promise<AskReply> {
      return await this.#take({ type: "ask", ...ask });
    }

    async status(): Promise<LedgerStatus> {
      return statusOf(this.#state, Date.now());
    }

    /** Called by the runtime. It must not throw: the runtime would call it again, and after six times no more. */
    async alarm(): Promise<void> {
      await this.#take({ type: "alarm" });
    }

    async #take(event: LedgerEvent): Promise<AskReply> {
      const now = Date.now();
      const { state, effects, reply } = reduce(this.#state, event, now, this.#settings);
      this.#state = state;
      this.#storage.kv.put(STATE, state);
      // Whatever is set already: an alarm that is long past was seen to stay there and never fire.
      if (effects.alarmAt === null) await this.#storage.deleteAlarm();
      else await this.#storage.setAlarm(Math.max(now, effects.alarmAt));
      await Promise.all(effects.starts.map((start) => this.#start(start)));
      return reply;
    }

    /** A lane that cannot be started has a lease all the same, and its end starts another. A callee has none yet: the ledger looks again. */
    async #start(start: LaneStart): Promise<void> {
      try {
        await this.#env.MAYFLY_LANE?.getByName(start.lane).start(start);
      } catch (error) {
        logger.warn("a lane could not be started", { lane: start.lane, error });
        if (calleeOf(start.lane) !== undefined) await this.wake({ written: true, ready: 0, dueInMs: RETRY_MS, lease: null });
      }
    }
  } as unknown as RuntimeSubclass<Base, LedgerRpc>;
}
