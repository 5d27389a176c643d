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
  longest: Stretch = { from: 0, ms: 0 };
  readonly #events: EventQueue;
  readonly #isLaneFree: () => boolean;
  readonly #dead = new Map<object, number>();
  /** Not yet done. */
  readonly #open = new Set<ModelJob>();
  #exposedSince: number | null = null;

  constructor(events: EventQueue, isLaneFree: () => boolean) {
    this.#events = events;
    this.#isLaneFree = isLaneFree;
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

  /** Takes ready jobs that do not run for longer, and those of the dead. */
  claim(by: object, slots: number, maxRunMs: number): ModelJob[] {
    this.looks += 1;
    const claimed = [...this.#open].filter((job) => job.plan.runMs <= maxRunMs && this.#isThere(job)).slice(0, slots);
    if (claimed.length === 0) this.vainLooks += 1;
    for (const job of claimed) {
      if (job.state === "running") job.rescues += 1;
      Object.assign(job, { state: "running", by, claims: job.claims + 1 });
    }
    this.#close();
    return claimed;
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

  /** Whether jobs are ready. */
  get isReady(): boolean {
    return [...this.#open].some((job) => this.#isThere(job));
  }

  /** When the next job is due that is not ready yet; null: there is none. */
  nextAt(): number | null {
    let least = Number.POSITIVE_INFINITY;
    for (const { state, readyAt } of this.#open) if (state === "waiting" && readyAt > this.#events.now) least = Math.min(least, readyAt);
    return least < Number.POSITIVE_INFINITY ? least : null;
  }

  /** Measures; to be called after each event. */
  observe(): void {
    const isExposed = this.#isLaneFree() && this.isReady;
    if (!isExposed) this.#close();
    else this.#exposedSince ??= this.#events.now;
  }

  #close(): void {
    const from = this.#exposedSince;
    if (from !== null && this.#events.now - from > this.longest.ms) this.longest = { from, ms: this.#events.now - from };
    this.#exposedSince = null;
  }

  #isThere({ state, readyAt, by }: ModelJob): boolean {
    if (state === "waiting") return readyAt <= this.#events.now;
    const diedAt = by ? this.#dead.get(by) : undefined;
    return diedAt !== undefined && this.#events.now - diedAt >= HEARTBEAT_TIMEOUT_MS;
  }
}
