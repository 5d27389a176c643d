/**
 * What goes wrong in the model, and how often.
 * @module
 */
import type { LedgerEvent } from "../../src/wake/reduce.ts";
import { seeded } from "../support/random.ts";

type MessageType = Exclude<LedgerEvent["type"], "alarm">;

/** Shares are from 0 to 1, times in milliseconds. */
export interface Faults {
  /** Messages that do not arrive. */
  readonly lost?: Partial<Record<MessageType, number>>;
  /** Messages that arrive twice. */
  readonly doubled?: number;
  /** Messages that take up to `lateMs` more, and so overtake one another. */
  readonly late?: number;
  readonly lateMs?: number;
  /** Alarms that do not come; 1: none ever does. */
  readonly alarmsLost?: number;
  readonly alarmLateMs?: number;
  /** Alarms come so much earlier, where they have that long to come. */
  readonly alarmEarlyMs?: number;
  /** The ledger cannot be reached. */
  readonly down?: { readonly from: number; readonly to: number };
  /** The ledger's clock is set. */
  readonly clock?: { readonly at: number; readonly byMs: number };
  /** Enqueuers that are gone: when they have told and not written, or have written and neither drained nor told more. */
  readonly killedBeforeWrite?: number;
  readonly killedAfterWrite?: number;
  /** Lanes and draining enqueuers that are gone at some time of their life, or before it. */
  readonly consumersKilled?: number;
  /** When ledgers forget all. */
  readonly forget?: readonly number[];
}

export class Weather {
  readonly #faults: Faults;
  readonly #random;

  constructor(seed: number, faults: Faults) {
    this.#faults = faults;
    this.#random = seeded(seed);
  }

  latencyMs(): number {
    return 1 + this.#random.below(20);
  }

  /** How long each copy of a message takes. */
  deliveries(type: MessageType): number[] {
    const { lost = {}, doubled = 0, late = 0, lateMs = 0 } = this.#faults;
    if (this.#random.chance(lost[type] ?? 0)) return [];
    const copies = this.#random.chance(doubled) ? 2 : 1;
    return Array.from({ length: copies }, () => this.latencyMs() + (this.#random.chance(late) ? this.#random.below(lateMs) : 0));
  }

  /** Null: it does not come. */
  alarmLateMs(): number | null {
    const { alarmsLost = 0, alarmLateMs = 0 } = this.#faults;
    return this.#random.chance(alarmsLost) ? null : alarmLateMs;
  }

  get alarmEarlyMs(): number {
    return this.#faults.alarmEarlyMs ?? 0;
  }

  isDown(now: number): boolean {
    const { down } = this.#faults;
    return down !== undefined && now >= down.from && now < down.to;
  }

  skewMs(now: number): number {
    const { clock } = this.#faults;
    return clock && now >= clock.at ? clock.byMs : 0;
  }

  get forgetAt(): readonly number[] {
    return this.#faults.forget ?? [];
  }

  /** When an enqueuer is gone; null: it lives. */
  enqueuerDies(): "before write" | "after write" | null {
    const { killedBeforeWrite = 0, killedAfterWrite = 0 } = this.#faults;
    if (this.#random.chance(killedBeforeWrite)) return "before write";
    return this.#random.chance(killedAfterWrite) ? "after write" : null;
  }

  /** After how long a consumer is gone; null: it lives. */
  consumerDiesInMs(): number | null {
    const { consumersKilled = 0 } = this.#faults;
    if (!this.#random.chance(consumersKilled)) return null;
    return this.#random.chance(0.3) ? 0 : this.#random.below(20_000);
  }

  /** One of so many. */
  below(n: number): number {
    return this.#random.below(n);
  }
}
