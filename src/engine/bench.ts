/**
 * The attempts a worker has under way, and those that wait to be settled.
 * @module
 */
import { MayflyError } from "../core/errors.ts";
import type { Settlement } from "../core/outcome.ts";
import type { TurnReply } from "../store/store.ts";
import { Bell } from "./bell.ts";
import { runHook } from "./run-hook.ts";
import { type Run, runJob } from "./run-job.ts";
import type { Worker } from "./worker.ts";

export class Bench<Env> {
  readonly #worker: Worker<Env>;
  /** Those that take a slot: also once they have been aborted, until their handlers return. */
  readonly #runs = new Set<Run>();
  /** Of these, the ones of which nothing has been told yet: the claims that this worker holds. */
  readonly #untold = new Set<Run>();
  #finished: Settlement[] = [];
  #onEmpty: (() => void) | undefined;
  /** An attempt has finished, or its slot is free. */
  readonly #stirred = new Bell();
  readonly #bell: Bell;

  /** `bell`: rung from outside when a turn is worth while. */
  constructor(worker: Worker<Env>, bell: Bell) {
    this.#worker = worker;
    this.#bell = bell;
  }

  /** Slots taken. */
  get running(): number {
    return this.#runs.size;
  }

  get idle(): boolean {
    return this.#runs.size === 0 && this.#finished.length === 0;
  }

  /** What is still to be told of, by job and claim. */
  get holding(): [id: string, claimId: string][] {
    return [...this.#untold].map(({ id, claimId }) => [id, claimId]);
  }

  takeFinished(): Settlement[] {
    const finished = this.#finished;
    this.#finished = [];
    this.#stirred.mute();
    return finished;
  }

  /** Starts what a turn claimed, and stops what it says is cancelled or gone. */
  accept({ jobs, cancels, gone }: TurnReply, claimId: string): void {
    const { budget, handlers } = this.#worker;
    for (const job of jobs) {
      const handler = handlers.get(job.name);
      // The answer to a repeated turn may come so late that there is no time left to run what it claimed.
      if (!handler || !budget.fits(job.timeoutMs ?? handler.definition.timeoutMs)) {
        this.#finished.push({ id: job.id, claimId, outcome: "released", againMs: null, charge: false });
      } else if (job.hook === null) {
        this.#start(runJob(this.#worker, job, claimId, handler));
      } else {
        this.#start(runHook(this.#worker, job, claimId, handler));
      }
    }
    this.#abort(cancels, () => new MayflyError("job_cancelled", "An operator cancelled the job."));
    this.#abort(gone, () => new MayflyError("claim_lost", "The worker was taken for dead, and the job was given to others."));
  }

  /** Waits for an attempt to finish, and then `lingerMs` for others; until the bell rings, never longer than `mostMs`, a heartbeat or the budget allow. */
  async untilWorthATurn(lingerMs: number, mostMs: number): Promise<void> {
    const { budget, clock, heartbeat } = this.#worker;
    const [limit, lingered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const forgetLimit = clock.after(Math.min(heartbeat.intervalMs, budget.remainingMs(), mostMs), limit.resolve);
    if (this.#finished.length === 0) await Promise.race([this.#stirred.rung, this.#bell.rung, limit.promise]);
    if (this.#finished.length > 0 && this.#runs.size > 0) {
      // Nothing that a job still running would hold on to: there may be many such waits in its time.
      this.#onEmpty = lingered.resolve;
      const forget = clock.after(lingerMs, lingered.resolve);
      await Promise.race([lingered.promise, this.#bell.rung, limit.promise]);
      forget();
    }
    forgetLimit();
    if (budget.remainingMs() <= 0) await this.#interrupt();
  }

  #start(run: Run): void {
    this.#runs.add(run);
    this.#untold.add(run);
    void run.settlement.then((settlement) => {
      this.#untold.delete(run);
      if (settlement) this.#finished.push(settlement);
      this.#stirred.ring();
    });
    void run.returned.then(() => {
      this.#runs.delete(run);
      if (this.#runs.size === 0) this.#onEmpty?.();
      this.#stirred.ring();
    });
  }

  #abort(ids: readonly string[], reason: () => MayflyError): void {
    if (ids.length === 0) return;
    for (const run of this.#untold) if (ids.includes(run.id)) run.abort(reason());
  }

  /** At the hard end nobody waits for a handler any more. */
  async #interrupt(): Promise<void> {
    const runs = [...this.#runs];
    for (const run of runs) run.abort(new MayflyError("job_interrupted", "The runtime's time was up before the job had ended."));
    await Promise.all(runs.map((run) => run.settlement));
    this.#runs.clear();
  }
}
