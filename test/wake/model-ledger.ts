/**
 * A ledger in the model: the reducer, an alarm, a clock, and messages that take a while.
 * @module
 */
import type { AskReply, LaneStart } from "../../src/wake/ledger.ts";
import type { LedgerEvent, reduce } from "../../src/wake/reduce.ts";
import { lanesAtWork } from "../../src/wake/start-lanes.ts";
import { type LedgerSettings, type LedgerState, UNKNOWN } from "../../src/wake/state.ts";
import type { EventQueue } from "./event-queue.ts";
import type { Weather } from "./weather.ts";

export type Reduce = typeof reduce;

export interface ModelLedgerOptions {
  readonly events: EventQueue;
  readonly weather: Weather;
  readonly reduce: Reduce;
  readonly settings: LedgerSettings;
  start(lane: LaneStart): void;
}

/** What 1970 is to the reducer is no day that it may know by chance. */
const START = Date.parse("2026-01-01T00:00:00Z");

export class ModelLedger {
  state: LedgerState = UNKNOWN;
  mostLanes = 0;
  alarms = 0;
  readonly #options: ModelLedgerOptions;
  #armed = 0;

  constructor(options: ModelLedgerOptions) {
    this.#options = options;
  }

  /** Sends a message. `onReply` is called with null where it, or its answer, does not arrive. */
  send(event: Exclude<LedgerEvent, { type: "alarm" }>, onReply: (reply: AskReply | null) => void = () => {}): void {
    const { events, weather } = this.#options;
    const deliveries = weather.deliveries(event.type);
    if (deliveries.length === 0) events.after(weather.latencyMs(), () => onReply(null));
    deliveries.forEach((ms, nth) => {
      events.after(ms, () => {
        if (weather.isDown(events.now)) return nth === 0 && onReply(null);
        const reply = this.#take(event);
        if (nth === 0) events.after(weather.latencyMs(), () => onReply(reply));
      });
    });
  }

  forget(): void {
    this.state = UNKNOWN;
    this.#armed += 1;
  }

  #take(event: LedgerEvent): AskReply {
    const { events, weather, reduce, settings, start } = this.#options;
    const skewMs = weather.skewMs(events.now) + START;
    if (event.type === "alarm") this.alarms += 1;
    const { state, effects, reply } = reduce(this.state, event, events.now + skewMs, settings);
    this.state = state;
    this.mostLanes = Math.max(this.mostLanes, lanesAtWork(state));
    this.#armed += 1;
    if (effects.alarmAt !== null) this.#arm(effects.alarmAt - skewMs);
    for (const lane of effects.starts) start(lane);
    return reply;
  }

  #arm(at: number): void {
    const { events, weather } = this.#options;
    const armed = this.#armed;
    const lateMs = weather.alarmLateMs();
    if (lateMs === null) return;
    const early = at - weather.alarmEarlyMs;
    events.at(Math.max(early > events.now ? early : at, events.now) + lateMs, () => {
      if (armed !== this.#armed) return;
      if (weather.isDown(events.now)) events.after(1_000, () => armed === this.#armed && this.#take({ type: "alarm" }));
      else this.#take({ type: "alarm" });
    });
  }
}
