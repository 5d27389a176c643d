/**
 * A container's lease at a wake ledger: it says again and again that it is at work, so that its end without a word is noticed, and once it rests what it knows.
 * @module
 */
import type { Clock } from "../../src/base/clock.ts";
import type { Logger } from "../../src/base/logger.ts";
import type { ConsumerEnd, Deployment, Ledger } from "../../src/wake/ledger.ts";
import type { WorkLeft } from "../../src/worker/call-for-help.ts";

export interface LedgerLeaseOptions {
  readonly ledger: Ledger;
  /** By which the ledger knows this container. */
  readonly consumer: string;
  readonly deployment: Deployment;
  readonly heartbeatTimeoutMs: number;
  readonly resting: () => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A lease is no longer, so that its end is noticed well within a minute; it is renewed three times as often. */
const LONGEST_MS = 45_000;
/** Once it stops, a ledger that cannot be reached keeps it so long at most. */
const LAST_WORD_MS = 3_000;

export class LedgerLease {
  readonly #options: LedgerLeaseOptions;
  readonly #forMs: number;
  /** Of the next renewal; undefined: it holds none. */
  #forget: (() => void) | undefined;
  /** The ledger's, before the last look began. */
  #epoch = -1;
  #claimed = 0;
  /** Of that, before it took the lease. */
  #claimedBefore = 0;
  /** The last message to the ledger. The next one waits for it, so that they arrive in order. */
  #told = Promise.resolve();

  constructor(options: LedgerLeaseOptions) {
    this.#options = options;
    this.#forMs = Math.min(LONGEST_MS, options.heartbeatTimeoutMs / 2);
  }

  /**
   * It is at work from now on. Resolves once the ledger knows, or could not be told.
   * @param epoch the ledger's, where it has called: the look that follows knows of all that came before
   */
  hold(epoch = -1): Promise<void> {
    this.#epoch = Math.max(this.#epoch, epoch);
    if (!this.#forget) {
      this.#claimedBefore = this.#claimed;
      this.#renew();
    }
    return this.#told;
  }

  /** To be called after every turn. `claimed`: jobs that it has claimed so far. */
  turned(claimed: number): void {
    this.#claimed = claimed;
    if (!this.#options.resting()) void this.hold();
  }

  /** It has signed off, with what it knew then. */
  rest({ nextInMs, left }: WorkLeft): void {
    const claimed = this.#claimed - this.#claimedBefore;
    // It says nothing of how long a job takes: most of the time it waited for one.
    this.#settle(this.#epoch, { nextInMs, left, claimed, busyMs: null, slots: 1, deployment: this.#options.deployment });
  }

  /** It stops: what it has put back is for others. */
  async end(): Promise<void> {
    this.#settle(-1, "written");
    await Promise.race([this.#told, this.#options.clock.sleep(LAST_WORD_MS)]);
  }

  #renew(): void {
    const { ledger, consumer, clock, resting } = this.#options;
    this.#forget = clock.after(this.#forMs / 3, () => this.#renew());
    this.#tell(async () => {
      const lease = { consumer, forMs: this.#forMs };
      const { epoch } = await ledger.wake({ written: true, ready: 0, dueInMs: null, lease });
      // A worker that rests has looked for the last time, or does just now.
      if (!resting()) this.#epoch = epoch;
    });
  }

  #settle(epoch: number, end: ConsumerEnd): void {
    if (!this.#forget) return;
    this.#forget();
    this.#forget = undefined;
    this.#epoch = -1;
    this.#tell(() => this.#options.ledger.settle({ consumer: this.#options.consumer, epoch, end }));
  }

  #tell(send: () => Promise<void>): void {
    this.#told = this.#told.then(send).catch((error: unknown) => {
      this.#options.logger.warn("the wake ledger cannot be reached; crons look meanwhile", { error });
    });
  }
}
