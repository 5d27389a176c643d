/**
 * A consumer in the model: it looks at the start, whenever a job of its own ends, and when something is due that it waits for; and keeps the ledger's protocol.
 * @module
 */
import type { Deployment, Finding, Wake } from "../../src/wake/ledger.ts";
import type { EventQueue } from "./event-queue.ts";
import type { ModelJob, ModelQueue } from "./model-queue.ts";

export interface ModelConsumerOptions {
  readonly events: EventQueue;
  readonly queue: ModelQueue;
  readonly slots: number;
  readonly claimForMs: number;
  /** It takes no job that runs for longer. */
  readonly maxRunMs: number;
  /** It waits for what is due within this time. */
  readonly waitMs: number;
  readonly deployment: Deployment | null;
  /** Tells the ledger. */
  wake(wake: Wake): void;
  settle(finding: Finding): void;
  onGone(): void;
}

/** For so long all slots may be full before others are called. */
const FULL_MS = 900;

export class ModelConsumer {
  readonly #options: ModelConsumerOptions;
  readonly #startedAt: number;
  readonly #running = new Set<ModelJob>();
  #claimed = 0;
  /** The last claim gave all that was asked for, or there are jobs that it cannot take, or one has come back since. */
  #mayBeLeft = false;
  #fullSince: number | null = null;
  #toldAt: number | null = null;
  #looks = 0;
  #isGone = false;
  #hasRescued = false;

  constructor(options: ModelConsumerOptions) {
    const { events, claimForMs } = options;
    this.#options = options;
    this.#startedAt = events.now;
    events.after(claimForMs, () => this.#onClaimsEnd());
    this.#look();
  }

  kill(): void {
    if (this.#isGone) return;
    this.#options.queue.bury(this);
    this.#leave();
  }

  get #mayClaim(): boolean {
    return this.#options.events.now < this.#startedAt + this.#options.claimForMs;
  }

  #look(): void {
    const { events, queue, slots, maxRunMs } = this.#options;
    this.#looks += 1;
    if (queue.rescue()) this.#hasRescued = true;
    const free = slots - this.#running.size;
    if (this.#mayClaim && free > 0) {
      const jobs = queue.claim(this, free, maxRunMs);
      this.#mayBeLeft = jobs.length === free || queue.isReady();
      this.#claimed += jobs.length;
      for (const job of jobs) this.#run(job);
      if (this.#mayBeLeft) this.#callWhenFull();
      else this.#fullSince = null;
    }
    const nextAt = queue.nextAt();
    const endOfWait = Math.min(events.now + this.#options.waitMs, this.#startedAt + this.#options.claimForMs);
    if (nextAt !== null && nextAt < endOfWait) this.#lookAt(Math.max(nextAt, events.now + 50));
    else if (this.#running.size === 0) this.#settle(nextAt);
    else this.#tell(nextAt);
  }

  #run(job: ModelJob): void {
    const { events, queue } = this.#options;
    this.#running.add(job);
    events.after(job.plan.runMs, () => {
      if (this.#isGone) return;
      queue.settle(job);
      this.#running.delete(job);
      if (job.state === "waiting" && job.readyAt <= events.now) this.#mayBeLeft = true;
      this.#look();
    });
  }

  /** Looks then, unless it has looked before. */
  #lookAt(at: number): void {
    const looks = this.#looks;
    this.#options.events.at(at, () => {
      if (!this.#isGone && looks === this.#looks) this.#look();
    });
  }

  #callWhenFull(): void {
    const { events, wake } = this.#options;
    if (this.#fullSince !== null) return;
    const since = events.now;
    this.#fullSince = since;
    events.after(FULL_MS, () => {
      if (this.#isGone || this.#fullSince !== since) return;
      this.#fullSince = null;
      wake({ written: true, ready: 1, dueInMs: null, lease: null });
      this.#callWhenFull();
    });
  }

  #onClaimsEnd(): void {
    if (this.#isGone) return;
    this.#fullSince = null;
    this.#look();
  }

  /** Of what it will not take itself. */
  #tell(nextAt: number | null): void {
    const { events, wake } = this.#options;
    if (this.#mayBeLeft && !this.#mayClaim) {
      this.#mayBeLeft = false;
      wake({ written: true, ready: 1, dueInMs: null, lease: null });
    }
    if (nextAt === null || (this.#toldAt !== null && this.#toldAt > events.now && this.#toldAt <= nextAt)) return;
    this.#toldAt = nextAt;
    wake({ written: true, ready: 0, dueInMs: nextAt - events.now, lease: null });
  }

  #settle(nextAt: number | null): void {
    const { events, slots, deployment, settle } = this.#options;
    const left = this.#mayBeLeft;
    const nextInMs = nextAt === null ? null : nextAt - events.now;
    settle({ nextInMs, left, claimed: this.#claimed, busyMs: events.now - this.#startedAt, slots, deployment });
    if (this.#hasRescued) this.#options.wake({ written: true, ready: 0, dueInMs: 0, lease: null });
    this.#leave();
  }

  #leave(): void {
    this.#isGone = true;
    this.#options.onGone();
  }
}
