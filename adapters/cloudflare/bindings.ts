/**
 * The bindings of the wake ledger in a Worker's environment, and the parts of the runtime's Durable Objects that they need.
 * @module
 */
import type { LaneStart } from "../../src/wake/ledger.ts";
import type { LedgerRpc } from "../../src/wake/status.ts";
import type { RuntimeClass } from "./runtime-class.ts";

/** The runtime's `DurableObject`, from `cloudflare:workers`. */
export type DurableObjectClass = RuntimeClass;

export interface DurableObjectContext {
  readonly storage: {
    /** Synchronous, of objects that store with SQLite. */
    readonly kv: { get(key: string): unknown; put(key: string, value: unknown): void; delete(key: string): void };
    setAlarm(at: number): Promise<void>;
    deleteAlarm(): Promise<void>;
  };
}

export interface Namespace<Rpc> {
  getByName(name: string): Rpc;
}

export interface LaneRpc {
  start(start: LaneStart): Promise<void>;
}

/** Both, or neither: without them nothing is remembered between invocations. */
export interface WakeBindings {
  readonly MAYFLY_LEDGER?: Namespace<LedgerRpc>;
  readonly MAYFLY_LANE?: Namespace<LaneRpc>;
}

/** One ledger for a Worker's database. */
const LEDGER = "ledger";

/** The ledger that is bound, if there is one. What is wrong with it fails a call, and never who makes it; an object that has failed is reached anew. */
export function ledgerOf(env: object): LedgerRpc | undefined {
  const { MAYFLY_LEDGER: namespace } = env as WakeBindings;
  if (!namespace) return undefined;
  return {
    wake: async (wake) => await namespace.getByName(LEDGER).wake(wake),
    settle: async (settle) => await namespace.getByName(LEDGER).settle(settle),
    due: async (ask) => await namespace.getByName(LEDGER).due(ask),
    status: async () => await namespace.getByName(LEDGER).status(),
  };
}
