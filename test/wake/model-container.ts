/**
 * A container in the model: it lives on, rests after a while without a job, and keeps a lease at the ledger while it does not.
 * @module
 */
import type { AskReply, Deployment } from "../../src/wake/ledger.ts";
import type { EventQueue } from "./event-queue.ts";
import type { ModelLedger } from "./model-ledger.ts";
import type { ModelJob, ModelQueue } from "./model-queue.ts";

export interface ModelContainerOptions {
  readonly events: EventQueue;
  readonly queue: ModelQueue;
  readonly slots: number;
  readonly deployment: Deployment;
  readonly send: ModelLedger["send"];
}

type Message = Parameters<ModelLedger["send"]>[0];

const REST_AFTER_MS = 300_000;
const POLL_MS = 5_000;
const LEASE_MS = 30_000;
/** Until one that was killed is there again. */
const BACK_IN_MS = 200_000;

export class ModelContainer {
  readonly #options: ModelContainerOptions;
  #life: Life | null;

  constructor(options: ModelContainerOptions) {
    this.#options = options;
    this.#life = new Life(options, 0);
  }

  get isFree(): boolean {
    return this.#life?.isFree ?? false;
  }

  /** Answers whether it has taken the call. */
  call(epoch: number): boolean {
    this.#life?.call(epoch);
    return this.#life !== null;
  }

  kill(): void {
    const { events } = this.#options;
    this.#life?.kill();
    this.#life = null;
    events.after(BACK_IN_MS, () => {
      this.#life ??= new Life(this.#options, events.now);
    });
  }
}

class Life {
  readonly #options: ModelContainerOptions;
  readonly #name: string;
  readonly #running = new Set<ModelJob>();
  readonly #unsent: (() => void)[] = [];
  #activeAt: number;
  #claimed = 0;
  #looks = 0;
  #epoch = -1;
  #isHeld = false;
  #isGone = false;

  constructor(options: ModelContainerOptions, startedAt: number) {
    this.#options = options;
    this.#name = `container-${startedAt}`;
    this.#activeAt = startedAt;
    this.#hold(-1);
    this.#look();
  }

  get isFree(): boolean {
    return this.#running.size < this.#options.slots;
  }

  call(epoch: number): void {
    this.#hold(epoch);
    this.#look();
  }

  kill(): void {
    this.#isGone = true;
    this.#options.queue.bury(this);
  }

  get #isResting(): boolean {
    return this.#running.size === 0 && this.#options.events.now - this.#activeAt >= REST_AFTER_MS;
  }

  #look(): void {
    const { events, queue, slots } = this.#options;
    this.#looks += 1;
    queue.rescue("container");
    const free = slots - this.#running.size;
    const jobs = free > 0 ? queue.claim(this, free, Number.POSITIVE_INFINITY, "container") : [];
    this.#claimed += jobs.length;
    for (const job of jobs) this.#run(job);
    const nextAt = queue.nextAt();
    if (this.#isResting) {
      this.#rest(nextAt);
      this.#lookAt(nextAt ?? Number.POSITIVE_INFINITY);
    } else {
      this.#hold(-1);
      this.#lookAt(Math.min(nextAt ?? Number.POSITIVE_INFINITY, events.now + POLL_MS));
    }
  }

  #run(job: ModelJob): void {
    const { events, queue } = this.#options;
    this.#activeAt = events.now;
    this.#running.add(job);
    events.after(job.plan.runMs, () => {
      if (this.#isGone) return;
      queue.settle(job);
      this.#running.delete(job);
      this.#activeAt = events.now;
      this.#look();
    });
  }

  /** Looks then, unless it has looked before. */
  #lookAt(at: number): void {
    const { events } = this.#options;
    const looks = this.#looks;
    if (Number.isFinite(at)) events.at(Math.max(at, events.now + 50), () => !this.#isGone && looks === this.#looks && this.#look());
  }

  #hold(epoch: number): void {
    this.#epoch = Math.max(this.#epoch, epoch);
    if (this.#isHeld) return;
    this.#isHeld = true;
    this.#renew();
  }

  #renew(): void {
    const { events } = this.#options;
    if (this.#isGone || !this.#isHeld) return;
    const lease = { consumer: this.#name, forMs: LEASE_MS };
    this.#tell({ type: "wake", written: true, ready: 0, dueInMs: null, lease }, (reply) => {
      if (reply && !this.#isResting) this.#epoch = reply.epoch;
    });
    events.after(LEASE_MS / 3, () => this.#renew());
  }

  #rest(nextAt: number | null): void {
    if (!this.#isHeld) return;
    const { events, deployment } = this.#options;
    const nextInMs = nextAt === null ? null : nextAt - events.now;
    const end = { nextInMs, left: false, claimed: this.#claimed, busyMs: null, slots: 1, deployment };
    this.#tell({ type: "settle", consumer: this.#name, epoch: this.#epoch, end });
    this.#isHeld = false;
    this.#epoch = -1;
    this.#claimed = 0;
  }

  /** One after the other. */
  #tell(message: Message, onReply: (reply: AskReply | null) => void = () => {}): void {
    const send = () => {
      if (this.#isGone) return;
      this.#options.send(message, (reply) => {
        onReply(reply);
        this.#unsent.shift();
        this.#unsent[0]?.();
      });
    };
    if (this.#unsent.push(send) === 1) send();
  }
}
