/**
 * The turn loop: claim what fits, run it, settle what finished together with the next claim, until the queue is empty
 * or the time is up. One round trip a batch.
 * @module
 */
import { MayflyError } from "../core/errors.ts";
import type { Settlement } from "../core/outcome.ts";
import type { TurnReply } from "../store/store.ts";
import { type Run, runJob } from "./run-job.ts";
import { takeTurn } from "./take-turn.ts";
import type { Worker } from "./worker.ts";

export interface DrainOptions {
  /** Set aside jobs that cannot be run here. False where this worker runs only a part of what its kind can. */
  readonly park: boolean;
  /** Wait for a scheduled job that is due within this many milliseconds, instead of ending. */
  readonly waitMs: number;
}

export interface DrainResult {
  readonly turns: number;
  readonly claimed: number;
  readonly successful: number;
  readonly errored: number;
  /** Results refused, because the claim was gone. */
  readonly stale: number;
  readonly parked: number;
}

/** How long a finished attempt may wait for others to be settled with, once the queue had nothing more to give. */
const QUIET_LINGER_MS = 1_000;
/** Bounds of that wait while there is more to claim. It is as long as a round trip, so that it at most doubles. */
const BUSY_LINGER_MS = { least: 2, most: 250 };
/** Between looks for a scheduled job that is overdue but held by another worker. */
const OVERDUE_WAIT_MS = 50;

/**
 * Runs jobs until there are none, or the budget's soft end has passed and all that was claimed is settled.
 * @throws DriverError when the database cannot be reached and nothing is running, or until the hard end
 */
export async function drain<Env>(worker: Worker<Env>, { park, waitMs }: DrainOptions): Promise<DrainResult> {
  const { budget, clock, slots } = worker;
  const bench = new Bench(worker);
  const count = { turns: 0, claimed: 0, successful: 0, errored: 0, stale: 0, parked: 0 };

  for (;;) {
    const free = budget.mayClaim() ? slots - bench.running : 0;
    const holding = bench.running > 0;
    const settle = bench.takeFinished();
    const claimId = worker.newId();
    const askedAt = clock.now();
    const reply = await takeTurn(worker, { claimId, slots: free, settle, park, leave: !holding }, holding);
    const tripMs = clock.now() - askedAt;

    tally(count, settle, reply);
    if (reply.verdicts.length > 0) worker.logger.warn("results not accepted", { verdicts: reply.verdicts });
    bench.start(reply, claimId);

    const full = free > 0 && reply.jobs.length + reply.parked >= free;
    if (!bench.idle) {
      await bench.untilWorthATurn(full ? Math.min(Math.max(tripMs, BUSY_LINGER_MS.least), BUSY_LINGER_MS.most) : QUIET_LINGER_MS);
    } else if (!full && reply.parked === 0) {
      const { nextDueMs } = reply;
      if (free === 0 || nextDueMs === null || nextDueMs > Math.min(waitMs, budget.claimMs())) return count;
      await clock.sleep(Math.max(nextDueMs, OVERDUE_WAIT_MS));
    }
  }
}

function tally(count: { -readonly [K in keyof DrainResult]: number }, settle: readonly Settlement[], reply: TurnReply): void {
  const stale = new Set(reply.verdicts.filter(({ verdict }) => verdict === "stale").map(({ id }) => id));
  count.turns++;
  count.claimed += reply.jobs.length;
  count.parked += reply.parked;
  count.stale += stale.size;
  for (const { id, outcome } of settle) {
    if (stale.has(id)) continue;
    if (outcome === "successful") count.successful++;
    if (outcome === "errored") count.errored++;
  }
}

/** The attempts under way, and those that wait to be settled. */
class Bench<Env> {
  readonly #worker: Worker<Env>;
  readonly #runs = new Set<Run>();
  #finished: Settlement[] = [];
  #stirred = Promise.withResolvers<void>();

  constructor(worker: Worker<Env>) {
    this.#worker = worker;
  }

  /** Slots taken. */
  get running(): number {
    return this.#runs.size;
  }

  get idle(): boolean {
    return this.#runs.size === 0 && this.#finished.length === 0;
  }

  takeFinished(): Settlement[] {
    const finished = this.#finished;
    this.#finished = [];
    this.#stirred = Promise.withResolvers();
    return finished;
  }

  start(reply: TurnReply, claimId: string): void {
    const { budget, handlers } = this.#worker;
    for (const job of reply.jobs) {
      const handler = handlers.get(job.name);
      // The answer to a repeated turn may come so late that there is no time left to run what it claimed.
      if (!handler || !budget.fits(job.timeoutMs ?? handler.definition.timeoutMs)) {
        this.#finished.push({ id: job.id, claimId, outcome: "released", againMs: null, charge: false });
        continue;
      }
      const run = runJob(this.#worker, job, claimId, handler);
      this.#runs.add(run);
      void run.settlement.then((settlement) => {
        this.#finished.push(settlement);
        this.#stirred.resolve();
      });
      void run.returned.then(() => {
        this.#runs.delete(run);
        this.#stirred.resolve();
      });
    }
  }

  /** Waits for an attempt to finish, and then `lingerMs` for others; never longer than a heartbeat or the budget allows. */
  async untilWorthATurn(lingerMs: number): Promise<void> {
    const { budget, clock, heartbeat } = this.#worker;
    const done = new AbortController();
    const limit = clock.sleep(Math.min(heartbeat.intervalMs, budget.remainingMs()), done.signal);
    if (this.#finished.length === 0) await Promise.race([this.#stirred.promise, limit]);
    if (this.#finished.length > 0 && this.#runs.size > 0) {
      await Promise.race([this.#allReturned(), clock.sleep(lingerMs, done.signal), limit]);
    }
    done.abort();
    if (budget.remainingMs() <= 0) await this.#interrupt();
  }

  async #allReturned(): Promise<void> {
    await Promise.all([...this.#runs].map((run) => run.returned));
  }

  /** At the hard end nobody waits for a handler any more. */
  async #interrupt(): Promise<void> {
    const runs = [...this.#runs];
    for (const run of runs) run.abort(new MayflyError("job_interrupted", "The runtime's time was up before the job had ended."));
    await Promise.all(runs.map((run) => run.settlement));
    this.#runs.clear();
  }
}
