/**
 * Time that passes only when nothing else is left to do: a queue of events, which happen one after the other.
 * @module
 */
import { setImmediate } from "node:timers/promises";

/** Whoever causes more events in one moment causes them for ever. */
const MOST_STILL = 10_000;

interface Event {
  readonly at: number;
  happen(): unknown;
}

export class VirtualTime {
  #now: number;
  #events = new Set<Event>();
  /** Events since time last passed. */
  #still = 0;

  constructor(start: number) {
    this.#now = start;
  }

  /** Milliseconds since the epoch. */
  get now(): number {
    return this.#now;
  }

  /** Calls after `ms` milliseconds, unless the function that it answers is called before. Infinity: never. */
  after(ms: number, call: () => unknown): () => void {
    if (ms === Number.POSITIVE_INFINITY) return () => {};
    const event = { at: this.#now + Math.max(0, ms), happen: call };
    this.#events.add(event);
    return () => void this.#events.delete(event);
  }

  /** Lets one event after the other happen, until the condition holds or nothing is left. What an event answers is awaited, and then all that follows from it. */
  async runUntil(holds: () => boolean): Promise<void> {
    await setImmediate();
    for (let next = this.#next(); next && !holds(); next = this.#next()) {
      this.#events.delete(next);
      this.#move(next.at);
      await next.happen();
      await setImmediate();
    }
  }

  /** Until `ms` have passed. */
  async pass(ms: number): Promise<void> {
    let isOver = false;
    this.after(ms, () => {
      isOver = true;
    });
    await this.runUntil(() => isOver);
  }

  #move(to: number): void {
    this.#still = to > this.#now ? 0 : this.#still + 1;
    if (this.#still > MOST_STILL) throw new Error("Something happens again and again, and time stands still.");
    this.#now = Math.max(this.#now, to);
  }

  #next(): Event | undefined {
    let next: Event | undefined;
    for (const event of this.#events) if (!next || event.at < next.at) next = event;
    return next;
  }
}
