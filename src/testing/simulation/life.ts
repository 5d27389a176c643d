/**
 * One job's life held against the rules of the queue, transaction by transaction.
 * @module
 */
import type { Handler } from "../../job/handler.ts";
import type { NewJob } from "../../store/new-job.ts";
import type { Event } from "./history.ts";
import type { Record } from "./record.ts";
import { type AfterAttempt, afterAttempt, type Rules } from "./rules.ts";

const NIL = "00000000-0000-0000-0000-000000000000";
/** The tables keep microseconds, the model milliseconds. */
const ROUNDING_MS = 1;
/** A hook that was begun more often is given up. */
const HOOK_TRIES = 3;

export class Life {
  readonly violations: string[] = [];
  /** Claims under which it ran, or its hook. */
  readonly claims = new Set<string>();
  readonly #id: string;
  readonly #record: Record;
  readonly #rules: Rules;
  readonly #asked: NewJob | undefined;
  readonly #handler: Handler<unknown> | undefined;
  readonly #name: string;
  #row: Event | null = null;
  #begun = false;
  #finished: string | null = null;
  /** No attempt begins before. */
  #notBefore = 0;
  #expiresAt = Number.POSITIVE_INFINITY;
  #nextAttempt = 1;
  #freeInARow = 0;
  /** The outcome whose hook comes before anything else. */
  #hookDue: string | null = null;

  constructor(id: string, name: string, record: Record, rules: Rules) {
    this.#id = id;
    this.#name = name;
    this.#record = record;
    this.#rules = rules;
    this.#asked = record.asked.get(id);
    this.#handler = record.handlers.get(name);
  }

  get finished(): string | null {
    return this.#finished;
  }

  /** What one transaction did to it. */
  take(events: readonly Event[]): void {
    const before = this.#row;
    let row = before;
    for (const event of events) {
      if (event.kind === "I") this.#expect(row === null, `it is in ${row?.place} and in ${event.place}`);
      if (event.kind === "D" || event.kind === "U")
        this.#expect(row?.place === event.place, `it was in ${row?.place}, not in ${event.place}`);
      if (event.kind !== "R") row = event.kind === "D" ? null : event;
    }
    const [first] = events;
    if (first && !before && row) this.#begin(first);
    const results = events.filter(({ kind }) => kind === "R");
    this.#expect(results.length <= 1, "one transaction wrote two results");
    const hookEnds = before?.place === "running" && before.row.hook && row?.row.hook !== before.row.hook;
    if (hookEnds) this.#endHook(before);
    if (results[0]) this.#result(before, results[0]);
    if (row?.place === "running" && row.row.claim_id !== before?.row.claim_id) this.#start(row);
    if (before && !row) {
      this.#expect(this.#finished !== null, "it went without a last result");
      this.#expect(this.#hookDue === null, `it went before its hook of ${this.#hookDue}`);
    }
    this.#row = row;
  }

  /** Once the simulation is over. */
  end(): void {
    if (this.#handler) this.#expect(this.#row === null && this.#finished !== null, "it never came to its end");
    const cancels = this.#record.cancelled.get(this.#id) ?? [];
    if (cancels.some(({ outcome }) => outcome === "cancelled"))
      this.#expect(this.#finished === "cancelled", `its cancel was told cancelled, and it ended as ${this.#finished}`);
  }

  #expect(holds: boolean, what: string): void {
    if (!holds) this.violations.push(`${this.#name} ${this.#id}: ${what}`);
  }

  #begin({ at }: Event): void {
    this.#expect(!this.#begun, "it went in twice");
    this.#expect(this.#asked !== undefined, "nobody asked for it");
    this.#begun = true;
    const { delayMs = 0, runAt = null, expiresMs = null, expiresAt = null } = this.#asked ?? {};
    this.#notBefore = runAt === null ? at + (delayMs ?? 0) : Date.parse(runAt);
    if (expiresAt !== null) this.#expiresAt = Date.parse(expiresAt);
    else if (expiresMs !== null) this.#expiresAt = Math.max(at, this.#notBefore) + (this.#asked?.withinMs ?? 0) + expiresMs;
  }

  #start({ at, row }: Event): void {
    this.#expect(!this.claims.has(row.claim_id ?? ""), "it was claimed twice under one claim");
    this.claims.add(row.claim_id ?? "");
    if (row.hook) {
      if (this.#hasHooks) this.#expect(row.hook === this.#hookDue, `the hook of ${row.hook} began, due was that of ${this.#hookDue}`);
      return;
    }
    this.#expect(this.#finished === null, "an attempt began after its last result");
    this.#expect(this.#hookDue === null, `an attempt began before the hook of ${this.#hookDue}`);
    this.#expect(at >= this.#notBefore - ROUNDING_MS, `an attempt began ${this.#notBefore - at} ms too early`);
    this.#expect(at <= this.#expiresAt + ROUNDING_MS, `an attempt began ${at - this.#expiresAt} ms after its expiry`);
    this.#expect(row.attempt === this.#nextAttempt, `attempt ${row.attempt} began, the next one was ${this.#nextAttempt}`);
  }

  #endHook({ row }: Event): void {
    this.#hookDue = null;
    if (!this.#hasHooks || (row.hook_tries ?? 0) > HOOK_TRIES) return;
    const wanted = row.hook === "errored" ? "onFailed" : "onAborted";
    const called = this.#record.hooks.get(this.#id)?.some(({ hook }) => hook === wanted) === true;
    this.#expect(called, `its hook of ${row.hook} has ended, and ${wanted} was never called`);
  }

  #result(before: Event | null, { at, row }: Event): void {
    this.#expect(before !== null, "a result without a live row");
    this.#expect(this.#finished === null, "a result after its last one");
    const claim = row.claim_id === NIL ? null : (row.claim_id ?? null);
    this.#expect(claim === (before?.row.claim_id ?? null), "a result of an attempt that did not run");
    const isLast = row.retry_at === null;
    if (isLast) this.#finished = row.outcome ?? null;
    if (claim !== null && !before?.row.hook)
      this.#count(row.attempt, afterAttempt(this.#rules, { at, row, claim, ...this.#known() }), at, isLast);
    else this.#expect(row.outcome === "cancelled", `it waited, and ended as ${row.outcome}`);
    if (row.outcome === "cancelled") {
      const asked = this.#record.cancelled.has(this.#id) || at >= this.#expiresAt - ROUNDING_MS;
      this.#expect(asked, "it was cancelled, and nobody had asked for it");
      this.#expect(isLast, "it was cancelled, and runs again");
    }
    if (this.#hasHooks && (row.outcome === "lost" || row.outcome === "cancelled" || (row.outcome === "errored" && isLast)))
      this.#hookDue = row.outcome;
  }

  #count(attempt: number, { wrong, last, counts, waitMs }: AfterAttempt, at: number, isLast: boolean): void {
    for (const what of wrong) this.#expect(false, what);
    this.#expect(attempt === this.#nextAttempt, `attempt ${attempt} has ended, under way was ${this.#nextAttempt}`);
    if (last !== null)
      this.#expect(last === isLast, isLast ? "it was given up, with attempts left" : "it runs again, without attempts left");
    if (counts) this.#nextAttempt = attempt + 1;
    this.#freeInARow = counts ? 0 : this.#freeInARow + 1;
    this.#notBefore = at + waitMs;
  }

  #known() {
    return { asked: this.#asked, handler: this.#handler, id: this.#id, freeInARow: this.#freeInARow };
  }

  /** Both of its hooks are there, so that each end that has a hook has one to call. */
  get #hasHooks(): boolean {
    return this.#handler?.onAborted !== undefined && this.#handler.onFailed !== undefined;
  }
}
