/**
 * The ledger as a pure function, the same on every platform: what has happened goes in, the new state and what is to be done come out.
 * @module
 */
import { alarmAt } from "./alarm-at.ts";
import type { Ask, AskReply, LaneStart, Settle, Wake } from "./ledger.ts";
import { onAlarm } from "./on-alarm.ts";
import { onAsk } from "./on-ask.ts";
import { onSettle } from "./on-settle.ts";
import { onWake } from "./on-wake.ts";
import type { LedgerSettings, LedgerState } from "./state.ts";

export type LedgerEvent =
  | ({ readonly type: "wake" } & Wake)
  | ({ readonly type: "settle" } & Settle)
  | ({ readonly type: "ask" } & Ask)
  | { readonly type: "alarm" };

export interface Reduced {
  readonly state: LedgerState;
  readonly effects: {
    /** Lanes to be started. */
    readonly starts: readonly LaneStart[];
    /** When the ledger wants an alarm event; null: never, as things are. To be set each time, whatever was set before. */
    readonly alarmAt: number | null;
  };
  /** To a cron that asks. */
  readonly reply: AskReply;
}

/** Takes an event in. */
export function reduce(state: LedgerState, event: LedgerEvent, now: number, settings: LedgerSettings): Reduced {
  const { state: next, starts = [], reply } = take(state, event, now, settings);
  return {
    state: next,
    effects: { starts, alarmAt: alarmAt(next, settings) },
    reply: reply ?? { look: false, epoch: next.epoch },
  };
}

function take(
  state: LedgerState,
  event: LedgerEvent,
  now: number,
  settings: LedgerSettings,
): { readonly state: LedgerState; readonly starts?: readonly LaneStart[]; readonly reply?: AskReply } {
  switch (event.type) {
    case "wake":
      return onWake(state, event, now, settings);
    case "settle":
      return onSettle(state, event, now, settings);
    case "ask":
      return onAsk(state, event, now, settings);
    case "alarm":
      return onAlarm(state, now, settings);
  }
}
