/**
 * A store without a database: it answers as an empty queue does, except for what a test has it say.
 * @module
 */
import type { Store } from "../../src/store/store.ts";
import type { Tick, TickReply } from "../../src/store/tick.ts";
import type { Turn, TurnReply, TurnReport, Watermarks } from "../../src/store/turn.ts";

type Answer<Asked, Reply> = (asked: Asked) => Partial<Reply> | Promise<Partial<Reply>>;

export interface Answers {
  readonly turn?: Answer<Turn, TurnReply>;
  readonly tick?: Answer<Tick, TickReply>;
}

export function answeringStore({ turn = () => ({}), tick = () => ({}) }: Answers): Store {
  const store: Pick<Store, "turn" | "tick"> = {
    async turn(asked) {
      return {
        jobs: [],
        replayed: false,
        rejections: [],
        watermarks: {} as Watermarks,
        setAside: 0,
        busy: false,
        madeReady: false,
        report: asked.presence ? reportOf({}) : null,
        ...(await turn(asked)),
      };
    },
    async tick(asked) {
      return {
        lost: 0,
        rescued: [],
        failed: [],
        more: false,
        ready: false,
        nextDueMs: null,
        maintenanceDue: false,
        setState: "current",
        due: [],
        nextFireMs: null,
        nowMs: 0,
        ...(await tick(asked)),
      };
    },
  };
  return store as Store;
}

export function reportOf(more: Partial<TurnReport>): TurnReport {
  return { paused: [], cancels: [], lostClaims: [], nextDueMs: null, ...more };
}
