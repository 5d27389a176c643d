/**
 * Somebody in the simulation: a program with a clock of its own, which may be wrong, and which may be killed at any moment.
 * @module
 */
import type { Clock } from "../../base/clock.ts";
import type { VirtualTime } from "./virtual-time.ts";

export class Actor {
  readonly name: string;
  readonly clock: Clock;
  /** When it came to its end by itself, by its own clock. */
  endedAt: number | undefined;
  #isAlive = true;

  /** `skewMs`: its clock is so far ahead. */
  constructor(name: string, time: VirtualTime, skewMs = 0) {
    this.name = name;
    this.clock = this.#clockOn(time, skewMs);
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** From here on nothing happens to it: no timer goes off, no reply arrives. Requests on their way arrive. */
  kill(): void {
    this.#isAlive = false;
  }

  #clockOn(time: VirtualTime, skewMs: number): Clock {
    const after: Clock["after"] = (ms, call) => time.after(ms, () => this.#isAlive && call());
    return {
      now: () => Math.floor(time.now) + skewMs,
      after,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted) return resolve();
          const wake = () => {
            forget();
            signal?.removeEventListener("abort", wake);
            resolve();
          };
          const forget = after(ms, wake);
          signal?.addEventListener("abort", wake, { once: true });
        }),
    };
  }
}
