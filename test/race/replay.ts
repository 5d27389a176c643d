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
  for (const event of inOrder(events)) life.take(event);
  return life.end();
}

/** A plain success deletes the row and writes the result in one statement, in whichever order. */
function inOrder(events: readonly Event[]): Event[] {
  const sorted = [...events];
  for (let at = 1; at < sorted.length; at++) {
    const [row, result] = [sorted[at - 1], sorted[at]];
    if (row?.kind === "D" && result?.kind === "R" && row.tx === result.tx) sorted.splice(at - 1, 2, result, row);
  }
  return sorted;
}

class Life {
  readonly #ledger: Ledger;
  readonly #wrong: string[] = [];
  #id = "";
  #name = "";
  #lives = false;
  #running = false;
  /** Has had its last result. */
  #finished = false;
  /** The outcome whose hook is due before anything else. */
  #due: string | null = null;
  #toCancel = false;
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
    if (event.kind === "R") this.#result(event);
    else if (event.kind === "I") this.#insert(event);
    else if (event.kind === "D") this.#delete(event);
    else this.#update(event);
    if (event.kind === "R") return;
    this.#lives = event.kind !== "D";
    this.#running = this.#lives && event.state === "running";
    this.#toCancel = event.to_cancel;
  }

  end(): string[] {
    if (this.#name !== "unknown" && (this.#lives || !this.#finished)) this.#expect(false, "it never came to its end");
    return this.#wrong.map((what) => `${this.#name} ${this.#id}: ${what}`);
  }

  #expect(holds: boolean, what: string): void {
    if (!holds) this.#wrong.push(what);
  }

  #insert(event: Event): void {
    this.#expect(!this.#lives, "it is in two rows");
    this.#holds = event.holds;
  }

  #delete(event: Event): void {
    this.#expect(this.#finished, "its row went before its last result");
    if (event.was_hook && event.was === "running") this.#hookEnded(event);
    this.#expect(this.#due === null, `its row went before the hook of ${this.#due}`);
  }

  #update(event: Event): void {
    if (event.was_hook && !event.hook) this.#hookEnded(event);
    if (event.hook && !event.was_hook && this.#name === "hook_done")
      this.#expect(event.hook === this.#due, `the hook is of ${event.hook}, not ${this.#due}`);
    this.#expect(event.ended || event.holds === this.#holds, "it let go of its key");
    this.#expect(!event.ended || event.holds === null, "it has ended and holds its key");
    this.#expect(event.ended === this.#finished, "the row does not say whether it has ended");
    if (event.state === "running" && event.was !== "running") this.#start(event);
  }

  #start(event: Event): void {
    this.#expect(!this.#running, "it runs twice");
    if (event.hook) return;
    this.#expect(!this.#finished, "an attempt after the last result");
    this.#expect(this.#due === null, `an attempt before the hook of ${this.#due}`);
    this.#expect(!event.expired, "an attempt after its expiry");
    this.#startedToCancel = event.to_cancel;
    if (event.to_cancel && this.#ledger.settled.has(keyOf(event))) {
      this.#expect(this.#ledger.claimedToCancel.has(keyOf(event)), "an attempt after a cancel was requested");
    }
  }

  #hookEnded(event: Event): void {
    const told = this.#ledger.settled.get(keyOf(event))?.settlement;
    this.#expect(told?.outcome === "hook_done" && told.retryInMs === null, `nobody said that the hook of ${event.was_hook} is done`);
    if (this.#name === "hook_done") this.#expect(this.#due === event.was_hook, `the hook of ${event.was_hook} ran, due was ${this.#due}`);
    this.#due = null;
  }

  #result(event: Event): void {
    this.#expect(this.#lives, "a result without a row");
    this.#expect(!this.#finished, "a result after the last one");
    this.#expect((event.claim_id !== null) === this.#running, "a result of an attempt that does not run");
    this.#expect(event.last === true || !this.#toCancel, "it runs again, though it is to be cancelled");
    if (event.claim_id && this.#startedToCancel) this.#expect(event.outcome === "cancelled", "it was started to be cancelled, and was not");
    if (event.claim_id) this.#count(event);
    if (event.last) this.#finished = true;
    const hooked = event.outcome === "lost" || event.outcome === "cancelled" || (event.outcome === "errored" && event.last === true);
    if (this.#name === "hook_done" && hooked) this.#due = event.outcome;
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
    this.#expect(event.idempotent && (before?.outcome === "lost" || before?.outcome === "errored"), `${before?.outcome} did not count`);
    this.#expect(this.#freeAttempts <= MAX_FREE_ATTEMPTS, `${this.#freeAttempts} attempts in a row did not count`);
  }
}

function keyOf({ id, claim_id }: Event): string {
  return `${id}|${claim_id}`;
}
