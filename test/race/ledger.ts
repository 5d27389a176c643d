/**
 * What the clients of the race were told, to be held against the tables at the end.
 * @module
 */
import type { CancelOutcome, RetryResult } from "../../src/job/jobs-client.ts";
import type { Settlement } from "../../src/store/settlement.ts";
import type { Rejection } from "../../src/store/turn.ts";

/** The answer to a settlement: `accepted`, or the reason of its rejection. */
export type Answer = "accepted" | Rejection["reason"];

/** How a worker said that an attempt, or a hook, ended. */
export interface Told {
  readonly settlement: Settlement;
  readonly answers: Set<Answer>;
}

/** By name of what it counts. */
export class Ledger {
  /** Job id to the outcomes told of its enqueue. */
  readonly enqueued = new Map<string, Set<string>>();
  /** Ids in requests of which more than one copy reached the database. */
  readonly doubled = new Set<string>();
  /** Ids of other days: their results may have been removed. */
  readonly foreign = new Set<string>();
  /** By `id|claim`. */
  readonly settled = new Map<string, Told>();
  /** Claims, as `id|claim`, that came with the word that the job is to be cancelled. */
  readonly claimedToCancel = new Set<string>();
  /** Claims, as `id|claim`, that their worker was told are lost. */
  readonly lostClaims = new Set<string>();
  /** Job id to what cancelling it was answered. */
  readonly cancels = new Map<string, Set<CancelOutcome>>();
  /** Job id to what retrying it by hand was answered. */
  readonly retries = new Map<string, RetryResult[]>();
  /** When the paused queue was surely paused, by the database's clock. */
  readonly pauses: { readonly from: string; readonly to: string }[] = [];
  /** Jobs that operators know of, in the order they went in. */
  readonly known: { readonly id: string; readonly name: string }[] = [];
  /** Job id to its name and key, as `name|key`. */
  readonly keys = new Map<string, string>();
  /** What transactions of strangers held: job ids, and `name|key`. */
  readonly holds: { readonly what: ReadonlySet<string>; readonly from: number; to: number }[] = [];
  /** What must never happen, seen while it went on. */
  readonly violations: string[] = [];
  readonly counts = new Map<string, number>();

  count(what: string, by = 1): void {
    if (by > 0) this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  tell(id: string, name: string, outcome: string): void {
    const outcomes = this.enqueued.get(id);
    if (!outcomes && outcome === "enqueued") this.known.push({ id, name });
    this.enqueued.set(id, (outcomes ?? new Set()).add(outcome));
    this.count(`enqueue ${outcome}`);
  }

  settle(settlement: Settlement, answer: Answer): void {
    const key = `${settlement.id}|${settlement.claimId}`;
    const entry = this.settled.get(key) ?? { settlement, answers: new Set() };
    if (entry.settlement !== settlement) this.violations.push(`${key} was settled twice by its worker`);
    entry.answers.add(answer);
    this.settled.set(key, entry);
    this.count(`settle ${settlement.outcome} ${answer}`);
  }

  cancel(id: string, outcome: CancelOutcome): void {
    this.cancels.set(id, (this.cancels.get(id) ?? new Set()).add(outcome));
    this.count(`cancel ${outcome}`);
  }

  retry(id: string, name: string, result: RetryResult): void {
    const results = this.retries.get(id) ?? [];
    if (result.outcome === "enqueued" && result.id && !results.some((one) => one.id === result.id)) {
      this.known.push({ id: result.id, name });
      this.keys.set(result.id, this.keys.get(id) ?? "");
    }
    this.retries.set(id, [...results, result]);
    this.count(`retry ${result.outcome}`);
  }
}
