/**
 * What Postgres is in the model: jobs, and who runs them.
 * @module
 */
import { onGrid } from "../../src/base/grid.ts";
import type { EventQueue } from "./event-queue.ts";

/** A job as it is put in. */
export interface JobPlan {
  readonly delayMs: number;
  /** The width of the grid on which it is due; undefined: it is at its own time. */
  readonly withinMs?: number;
  readonly runMs: number;
  /** It fails so often before it succeeds. */
  readonly retries: number;
  readonly retryInMs: number;
  /** Only a container runs it. Default: anybody but that does. */
  readonly place?: "container" | undefined;
}

export interface ModelJob {
  readonly plan: JobPlan;
  readyAt: number;
  state: "waiting" | "running" | "done";
  by: object | null;
  claims: number;
  failures: number;
  rescues: number;
}

/** As `mayfly.enqueue_v1` says. */
function dueAt({ delayMs, withinMs }: JobPlan, now: number): number {
  return delayMs === 0 || withinMs === undefined ? now + delayMs : onGrid(now + delayMs, withinMs);
}

/** A stretch in which jobs could have been taken, and nobody looked. */
export interface Stretch {
  readonly from: number;
  readonly ms: number;
}

export const HEARTBEAT_TIMEOUT_MS = 60_000;

export class ModelQueue {
  readonly jobs: ModelJob[] = [];
  /** Round trips that asked for work. */
  looks = 0;
  /** Those that found none. */
  vainLooks = 0;
  #lookedAt = 0;
  readonly #events: EventQueue;
  readonly #lanes: Exposure;
  readonly #container: Exposure;
  readonly #dead = new Map<object, number>();
  /** Not yet done. */
  readonly #open = new Set<ModelJob>();

  constructor(events: EventQueue, isLaneFree: () => boolean, isContainerFree: () => boolean = () => false) {
    this.#events = events;
    this.#lanes = new Exposure(events, isLaneFree);
    this.#container = new Exposure(events, isContainerFree);
  }

  get longest(): Stretch {
    return this.#lanes.longest.ms > this.#container.longest.ms ? this.#lanes.longest : this.#container.longest;
  }

  get isDone(): boolean {
    return this.#open.size === 0;
  }

  insert(plans: readonly JobPlan[]): void {
    for (const plan of plans) {
      const job: ModelJob = {
        plan,
        readyAt: dueAt(plan, this.#events.now),
        state: "waiting",
        by: null,
        claims: 0,
        failures: 0,
        rescues: 0,
      };
      this.jobs.push(job);
      this.#open.add(job);
      this.#events.at(job.readyAt, () => {});
    }
  }

  /** Takes ready jobs of this place that do not run for longer, and those of the dead. */
  claim(by: object, slots: number, maxRunMs: number, place?: JobPlan["place"]): ModelJob[] {
    this.looks += 1;
    this.#lookedAt = this.#events.now;
    const claimed = [...this.#open]
      .filter((job) => job.plan.place === place && job.plan.runMs <= maxRunMs && this.#isThere(job))
      .slice(0, slots);
    if (claimed.length === 0) this.vainLooks += 1;
    for (const job of claimed) {
      if (job.state === "running") job.rescues += 1;
      Object.assign(job, { state: "running", by, claims: job.claims + 1 });
    }
    (place ? this.#container : this.#lanes).close();
    return claimed;
  }

  /** Makes those jobs of the dead ready that are of another place, and answers whether there were any. */
  rescue(place?: JobPlan["place"]): boolean {
    const lost = [...this.#open].filter((job) => job.plan.place !== place && job.state === "running" && this.#isThere(job));
    for (const job of lost) Object.assign(job, { state: "waiting", by: null, readyAt: this.#events.now, rescues: job.rescues + 1 });
    return lost.length > 0;
  }

  /** A job has ended: it is done, or comes again. */
  settle(job: ModelJob): void {
    job.by = null;
    if (job.failures === job.plan.retries) {
      job.state = "done";
      this.#open.delete(job);
      return;
    }
    job.failures += 1;
    job.state = "waiting";
    job.readyAt = this.#events.now + job.plan.retryInMs;
    this.#events.at(job.readyAt, () => {});
  }

  /** A consumer is gone without a word. */
  bury(consumer: object): void {
    this.#dead.set(consumer, this.#events.now);
    this.#events.after(HEARTBEAT_TIMEOUT_MS, () => {});
  }

  /** Nobody has looked for five minutes. */
  get sleeps(): boolean {
    return this.#events.now - this.#lookedAt >= 300_000;
  }

  /** Whether jobs of this place are ready. */
  isReady(place?: JobPlan["place"]): boolean {
    return [...this.#open].some((job) => job.plan.place === place && this.#isThere(job));
  }

  /** When the next job is due that is not ready yet; null: there is none. */
  nextAt(): number | null {
    let least = Number.POSITIVE_INFINITY;
    for (const { state, readyAt } of this.#open) if (state === "waiting" && readyAt > this.#events.now) least = Math.min(least, readyAt);
    return least < Number.POSITIVE_INFINITY ? least : null;
  }

  /** Measures; to be called after each event. */
  observe(): void {
    this.#lanes.observe(() => this.isReady() || [...this.#open].some((job) => job.state === "running" && this.#isThere(job)));
    this.#container.observe(() => this.isReady("container"));
  }

  #isThere({ state, readyAt, by }: ModelJob): boolean {
    if (state === "waiting") return readyAt <= this.#events.now;
    const diedAt = by ? this.#dead.get(by) : undefined;
    return diedAt !== undefined && this.#events.now - diedAt >= HEARTBEAT_TIMEOUT_MS;
  }
}

/** For how long jobs could have been taken by somebody who was free. */
class Exposure {
  longest: Stretch = { from: 0, ms: 0 };
  readonly #events: EventQueue;
  readonly #isFree: () => boolean;
  #since: number | null = null;

  constructor(events: EventQueue, isFree: () => boolean) {
    this.#events = events;
    this.#isFree = isFree;
  }

  observe(isReady: () => boolean): void {
    if (!this.#isFree() || !isReady()) this.close();
    else this.#since ??= this.#events.now;
  }

  close(): void {
    const from = this.#since;
    if (from !== null && this.#events.now - from > this.longest.ms) this.longest = { from, ms: this.#events.now - from };
    this.#since = null;
  }
}
