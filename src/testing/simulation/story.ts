/**
 * What moved in a simulation, and which fault struck, in order: for whoever reads why a seed fails.
 * @module
 */
import type { VirtualTime } from "./virtual-time.ts";

export class Story {
  readonly lines: string[] = [];
  readonly #time: VirtualTime;
  readonly #start: number;

  constructor(time: VirtualTime) {
    this.#time = time;
    this.#start = time.now;
  }

  tell(who: string, what: string): void {
    const seconds = (this.#time.now - this.#start) / 1_000;
    this.lines.push(`${seconds.toFixed(3).padStart(12)} s  ${who.padEnd(14)} ${what}`);
  }
}

/** The end of an id, by which people tell it apart. */
export function short(id: string | null | undefined): string {
  return id ? id.slice(-6) : "none";
}
