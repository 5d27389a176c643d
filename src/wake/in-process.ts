/**
 * A ledger in this process, for consumers that live in it: its memory is lost with the process, which then looks.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { Ask, AskReply, LaneStart, Ledger, Settle, Wake } from "./ledger.ts";
import { type LedgerEvent, reduce } from "./reduce.ts";
import { type LedgerSettings, type LedgerState, UNKNOWN } from "./state.ts";

export interface InProcessLedgerOptions {
  readonly clock: Clock;
  readonly settings: LedgerSettings;
  /** Starts a consumer. It settles under the name of its lane. */
  start(lane: LaneStart): void;
}

export interface InProcessLedger extends Ledger {
  readonly state: LedgerState;
  /** Calls nobody any more. */
  stop(): void;
}

/** A ledger that knows nothing yet. */
export function inProcessLedger({ clock, settings, start }: InProcessLedgerOptions): InProcessLedger {
  let state = UNKNOWN;
  let disarm: () => void = () => {};
  let isStopped = false;

  function take(event: LedgerEvent): AskReply {
    const now = clock.now();
    const { state: next, effects, reply } = reduce(state, event, now, settings);
    state = next;
    disarm();
    if (isStopped) return reply;
    if (effects.alarmAt !== null) {
      disarm = clock.after(Math.max(0, effects.alarmAt - now), () => take({ type: "alarm" }));
    }
    for (const lane of effects.starts) start(lane);
    return reply;
  }

  return {
    get state() {
      return state;
    },
    wake: async (wake: Wake) => take({ type: "wake", ...wake }),
    settle: async (settle: Settle) => void take({ type: "settle", ...settle }),
    due: async (ask: Ask) => take({ type: "ask", ...ask }),
    stop() {
      isStopped = true;
      disarm();
    },
  };
}
