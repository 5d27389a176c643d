/**
 * A lane as a Durable Object: it runs a consumer in its alarm, which is an invocation of its own, however many have led to it. A callee has one, too, which
 * calls it, again and again until it has taken the call.
 * @module
 */
import { systemClock } from "../../src/app/system-clock.ts";
import type { Logger } from "../../src/base/logger.ts";
import type { LaneStart } from "../../src/wake/ledger.ts";
import { calleeOf } from "../../src/wake/start-lanes.ts";
import type { DurableObjectClass, DurableObjectContext, LaneRpc } from "./bindings.ts";
import { type CalleeAddress, isCalled } from "./callee.ts";
import { extensible, type RuntimeSubclass } from "./runtime-class.ts";

export interface LaneOptions<Env> {
  /** Runs a lane. It must not throw: the lane's lease ends by itself. */
  run(env: Env, start: LaneStart): Promise<void>;
  callees(env: Env): readonly CalleeAddress[];
  readonly logger: Logger;
}

/** A start, and how often it has failed. */
interface StoredStart extends LaneStart {
  readonly tries: number;
}

/** Under which the start is stored that the next alarm is for. */
const START = "start";
/** A container may have to be started first. */
const CALL_MS = 15_000;
const FIRST_RETRY_MS = 1_000;
const MOST_RETRY_MS = 60_000;

/** Makes its class over the runtime's `DurableObject`. */
export function laneObject<Env extends object, Base extends DurableObjectClass>(
  { run, callees, logger }: LaneOptions<Env>,
  Base: Base,
): RuntimeSubclass<Base, LaneRpc> {
  return class extends extensible(Base) implements LaneRpc {
    readonly #storage: DurableObjectContext["storage"];
    readonly #env: Env;

    constructor(context: DurableObjectContext, env: Env) {
      super(context as never, env as never);
      this.#storage = context.storage;
      this.#env = env;
    }

    /** Calls that lead to calls are cut off at the sixteenth; an alarm begins anew. */
    async start(start: LaneStart): Promise<void> {
      await this.#startIn(0, { ...start, tries: 0 });
    }

    /**
     * Called by the runtime, once more where it was killed in the middle. Only the first call is a lane: a second one would give the lease back, by whose end
     * the ledger learns that there are jobs to rescue. It must not throw, for the same reason.
     */
    async alarm(): Promise<void> {
      const start = this.#start;
      if (!start) return;
      const callee = calleeOf(start.lane);
      if (callee === undefined) {
        this.#storage.kv.delete(START);
        return await run(this.#env, start);
      }
      const address = callees(this.#env)[callee];
      if (!address || (await isCalled(address, start, { withinMs: CALL_MS, logger }))) return;
      // A later start has an alarm of its own.
      if (this.#start?.epoch !== start.epoch) return;
      await this.#startIn(Math.min(MOST_RETRY_MS, FIRST_RETRY_MS * 2 ** start.tries), { ...start, tries: start.tries + 1 });
    }

    get #start(): StoredStart | undefined {
      return this.#storage.kv.get(START) as StoredStart | undefined;
    }

    async #startIn(ms: number, start: StoredStart): Promise<void> {
      this.#storage.kv.put(START, start);
      await this.#storage.setAlarm(systemClock.now() + ms);
    }
  } as unknown as RuntimeSubclass<Base, LaneRpc>;
}
