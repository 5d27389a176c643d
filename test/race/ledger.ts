/**
 * What the clients of the race were told, to be held against the tables at the end.
 * @module
 */

/** By name of what it counts. */
export class Ledger {
  /** Job id to the outcomes told of its enqueue. */
  readonly enqueued = new Map<string, Set<string>>();
  /** Ids in requests of which more than one copy reached the database. */
  readonly doubled = new Set<string>();
  /** `id|claim` to how its worker said it ended, and the verdicts it heard. */
  readonly settled = new Map<string, { outcome: string; verdicts: Set<string> }>();
  /** What must never happen, seen while it went on. */
  readonly violations: string[] = [];
  readonly counts = new Map<string, number>();

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  tell(id: string, outcome: string): void {
    const outcomes = this.enqueued.get(id) ?? new Set();
    this.enqueued.set(id, outcomes.add(outcome));
    this.count(`enqueue ${outcome}`);
  }

  settle(id: string, claimId: string, outcome: string, verdict: string): void {
    const key = `${id}|${claimId}`;
    const entry = this.settled.get(key) ?? { outcome, verdicts: new Set() };
    entry.verdicts.add(verdict);
    this.settled.set(key, entry);
    this.count(`settle ${outcome} ${verdict}`);
  }
}
