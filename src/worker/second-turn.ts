/**
 * A second turn under way while the first one is: the database settles and claims one half of the jobs while the other half is run.
 * Only for large turns, and only while jobs are so short that a turn's all end within a round trip: then nothing else holds a worker up.
 * @module
 */
import type { Bench } from "./bench.ts";
import type { Turns } from "./turns.ts";
import type { Worker } from "./worker.ts";

/** With fewer, what every turn costs is more than what is gained. */
const LEAST_SLOTS = 200;

export class SecondTurn<Env> {
  readonly #worker: Worker<Env>;
  readonly #bench: Bench<Env>;
  readonly #turns: Turns<Env>;
  #loop: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #stopped = false;

  constructor(worker: Worker<Env>, bench: Bench<Env>, turns: Turns<Env>) {
    this.#worker = worker;
    this.#bench = bench;
    this.#turns = turns;
  }

  /** Whether there is one: then each of the two has its share. */
  get active(): boolean {
    return this.#loop !== undefined;
  }

  /** Half of the slots. */
  get share(): number {
    return Math.max(1, Math.floor(this.#worker.slots / 2));
  }

  /** Takes turns until the queue gives less than was asked for, or jobs take longer. To be called where the last turn was full. */
  start(): void {
    const { slots } = this.#worker;
    if (this.#loop || this.#failure || slots < LEAST_SLOTS || this.#turns.free < slots) return;
    this.#loop = this.#takeTurns()
      .catch((error: unknown) => {
        this.#failure = { error };
      })
      .finally(() => {
        this.#loop = undefined;
      });
  }

  /** One has failed: nothing more is to be claimed. */
  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** @throws what it failed with */
  check(): void {
    if (this.#failure) throw this.#failure.error;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loop;
  }

  async #takeTurns(): Promise<void> {
    const { budget } = this.#worker;
    const [bench, turns] = [this.#bench, this.#turns];
    const fits = () => turns.free >= this.share;
    while (!this.#stopped && budget.mayClaim() && fits()) {
      const { full, lingerMs } = await turns.take({ slots: this.share, settlements: this.share, leave: false });
      if (!full) return;
      await bench.until(fits, lingerMs);
    }
  }
}
