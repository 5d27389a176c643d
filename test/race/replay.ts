/**
 * One job's life held against the rules of the queue, event by event.
 * @module
 */
import type { Event } from "./history.ts";
import type { Ledger } from "./ledger.ts";
import { MAX_FREE_ATTEMPTS } from "./stage.ts";

/** What is wrong with it; empty when all is well. */
export function replay(events: readonly Event[], ledger: Ledger): string[] {
  const life = new Life(ledger);
  for (const event of events) life.take(event);
  return life.end();
}

class Life {
  readonly #ledger: Ledger;
  readonly #wrong: string[] = [];
  #id = "";
  #name = "";
  #tx = "";
  /** The row that lives. */
  #row: Event | null = null;
  /** The row that this transaction has taken away, until it puts it somewhere else. */
  #moving: Event | null = null;
  /** The hook that ran under `#moving` is done: somebody said so. */
  #hookDone = false;
  #begun = false;
  /** Has had its last result. */
  #finished = false;
  /** The outcome whose hook is due before anything else. */
  #due: string | null = null;
  #startedToCancel = false;
  #holds: string | null = null;
  #last: Event | undefined;
  #freeAttempts = 0;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  take(event: Event): void {
    this.#id = event.id;
    this.#name = event.name;
    if (event.tx !== this.#tx) this.#commit();
    this.#tx = event.tx;
    if (event.kind === "R") this.#result(event);
    else if (event.kind === "I") this.#enter(event);
    else if (event.kind === "D") this.#leave(event);
    else this.#stay(event);
  }

  end(): string[] {
    this.#commit();
    if (this.#name !== "unknown") this.#expect(this.#row === null && this.#finished, "it never came to its end");
    return this.#wrong.map((what) => `${this.#name} ${this.#id}: ${what}`);
  }

  #expect(holds: boolean, what: string): void {
    if (!holds) this.#wrong.push(what);
  }

  /** What a transaction took away and put nowhere has ended. */
  #commit(): void {
    const gone = this.#moving;
    this.#moving = null;
    if (!gone) return;
    this.#expect(this.#finished, "its row went before its last result");
    if (gone.purged) return;
    this.#hookEnds(gone, null);
    this.#expect(this.#due === null, `its row went before the hook of ${this.#due}`);
  }

  #enter(event: Event): void {
    this.#expect(this.#row === null, `it is in ${this.#row?.place} and in ${event.place}`);
    this.#expect(this.#moving !== null || !this.#begun, "it went in twice");
    if (!this.#begun) this.#holds = event.holds;
    this.#begun = true;
    if (this.#moving) this.#move(this.#moving, event);
    this.#row = event;
    this.#moving = null;
    if (event.place === "running") this.#start(event);
  }

  #leave(event: Event): void {
    this.#expect(this.#row?.place === event.place, `it left ${event.place}, and was in ${this.#row?.place}`);
    this.#row = null;
    this.#moving = event;
    this.#hookDone = false;
  }

  /** A straggler's partition, or how long it is parked. */
  #stay(event: Event): void {
    this.#expect(this.#row?.place === event.place, `it changed in ${event.place}, and was in ${this.#row?.place}`);
    this.#expect(this.#row?.hook === event.hook && this.#row?.attempt === event.attempt, "it came further without moving");
  }

  #move(from: Event, to: Event): void {
    this.#hookEnds(from, to);
    if (to.hook && to.hook !== from.hook && this.#name === "hooked")
      this.#expect(to.hook === this.#due, `the hook is of ${to.hook}, not ${this.#due}`);
    this.#expect(to.ended || to.holds === this.#holds, "it let go of its key");
    this.#expect(!to.ended || to.holds === null, "it has ended and holds its key");
    this.#expect(to.ended === this.#finished, "the row does not say whether it has ended");
  }

  #start(event: Event): void {
    if (event.hook) return;
    this.#expect(!this.#finished, "an attempt after the last result");
    this.#expect(this.#due === null, `an attempt before the hook of ${this.#due}`);
    this.#expect(!event.expired, "an attempt after its expiry");
    this.#startedToCancel = event.to_cancel;
    if (event.to_cancel && this.#ledger.settled.has(keyOf(event))) {
      this.#expect(this.#ledger.claimedToCancel.has(keyOf(event)), "an attempt after a cancel was requested");
    }
  }

  /** Where a row that ran a hook goes on without it, that hook is done. */
  #hookEnds(from: Event, to: Event | null): void {
    if (!from.hook || from.hook === to?.hook || this.#hookDone) return;
    this.#hookDone = true;
    const told = this.#ledger.settled.get(keyOf(from))?.settlement;
    const said = from.place === "running" && told?.outcome === "hook_done" && told.retryInMs === null;
    this.#expect(said, `nobody said that the hook of ${from.hook} is done`);
    if (this.#name === "hooked") this.#expect(this.#due === from.hook, `the hook of ${from.hook} ran, due was ${this.#due}`);
    this.#due = null;
  }

  #result(event: Event): void {
    const from = this.#moving;
    this.#expect(from !== null, "a result without a row");
    this.#expect(!this.#finished, "a result after the last one");
    if (event.last) this.#finished = true;
    if (event.purged) {
      this.#due = null;
      return;
    }
    if (from) this.#hookEnds(from, null);
    this.#expect((event.claim_id ?? null) === (from?.claim_id ?? null), "a result of an attempt that did not run");
    this.#expect(event.last === true || !event.to_cancel, "it runs again, though it is to be cancelled");
    if (event.claim_id && !from?.hook) {
      if (this.#startedToCancel) this.#expect(event.outcome === "cancelled", "it was started to be cancelled, and was not");
      this.#count(event);
    }
    const hooked = event.outcome === "lost" || event.outcome === "cancelled" || (event.outcome === "errored" && event.last === true);
    if (this.#name === "hooked" && hooked) this.#due = event.outcome;
  }

  /** A number is given again only where the attempt did not count. */
  #count(event: Event): void {
    const before = this.#last;
    this.#last = event;
    this.#expect(event.attempt <= event.retries + 1, `attempt ${event.attempt} of ${event.retries + 1}`);
    if (event.attempt === (before?.attempt ?? 0) + 1) {
      if (before?.outcome !== "deferred") this.#freeAttempts = 0;
      return;
    }
    this.#expect(event.attempt === before?.attempt, `attempt ${event.attempt} after ${before?.attempt}`);
    if (before?.outcome === "deferred") return;
    this.#freeAttempts++;
    this.#expect(
      event.idempotent === true && (before?.outcome === "lost" || before?.outcome === "errored"),
      `${before?.outcome} did not count`,
    );
    this.#expect(this.#freeAttempts <= MAX_FREE_ATTEMPTS, `${this.#freeAttempts} attempts in a row did not count`);
  }
}

function keyOf({ id, claim_id }: Event): string {
  return `${id}|${claim_id}`;
}
