/**
 * The reducer, step by step, on a clock that a test sets.
 * @module
 */
import type { Deployment, Finding, LaneStart } from "../../src/wake/ledger.ts";
import { type LedgerEvent, type Reduced, reduce } from "../../src/wake/reduce.ts";
import type { LedgerSettings, LedgerState } from "../../src/wake/state.ts";
import { UNKNOWN } from "../../src/wake/state.ts";
import { SETTINGS } from "./model-world.ts";

/** A time that is no multiple of anything. */
export const T0 = 1_767_225_600_123;

/** The application, in this version. */
export const version = (version: string, application = "app"): Deployment => ({ application, version });

const ONE = version("one");

/** A ledger of which somebody has looked just now, and to which nothing is known to be due. */
export const QUIET: LedgerState = { ...UNKNOWN, epoch: T0, lookedAt: T0, applications: [{ ...ONE, dueAt: null, wakes: 0 }] };

export const FOUND_NOTHING: Finding = { nextInMs: null, left: false, claimed: 0, busyMs: 10, slots: 4, deployment: ONE };

export interface Driver {
  now: number;
  state: LedgerState;
  readonly starts: readonly LaneStart[];
  readonly alarmAt: number | null;
  take(event: LedgerEvent): Reduced;
  /** A wake for one ready job, unless it says otherwise. */
  wake(wake?: Partial<Extract<LedgerEvent, { type: "wake" }>>): Reduced;
  /** Settles with a finding of nothing, unless it says otherwise. */
  settle(consumer: string, epoch: number, found?: Partial<Finding>): Reduced;
  ask(deployment?: Deployment): Reduced;
  /** Lets time pass, to the alarm. */
  toAlarm(): Reduced;
}

export function drive(start: LedgerState = QUIET, settings: Partial<LedgerSettings> = {}, reduceWith = reduce): Driver {
  let last: Reduced | undefined;
  const driver: Driver = {
    now: T0,
    state: start,
    get starts() {
      return last?.effects.starts ?? [];
    },
    get alarmAt() {
      return last?.effects.alarmAt ?? null;
    },
    take(event) {
      last = reduceWith(driver.state, event, driver.now, { ...SETTINGS, ...settings });
      driver.state = last.state;
      return last;
    },
    wake: (wake) => driver.take({ type: "wake", written: true, ready: 1, dueInMs: null, lease: null, ...wake }),
    settle: (consumer, epoch, found) => driver.take({ type: "settle", consumer, epoch, end: { ...FOUND_NOTHING, ...found } }),
    ask: (deployment = ONE) => driver.take({ type: "ask", lease: { consumer: "cron", forMs: 60_000 }, deployment }),
    toAlarm() {
      driver.now = Math.max(driver.now, last?.effects.alarmAt ?? driver.now);
      return driver.take({ type: "alarm" });
    },
  };
  return driver;
}
