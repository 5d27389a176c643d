/**
 * The attempts a worker has under way, and those that wait to be settled.
 * @module
 */
import { MayflyError } from "../base/errors.ts";
import type { Settlement } from "../store/settlement.ts";
import type { TurnReply } from "../store/turn.ts";
import type { Bell } from "./bell.ts";
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
  /** A slot has become free since a turn last took what had finished. */
  #freed = false;
  #closed = false;
  /** Called whenever something of the above has changed. */
  readonly #watchers = new Set<() => void>();
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

  /** Takes what has finished, at most so many. */
  takeFinished(most = Number.POSITIVE_INFINITY): Settlement[] {
    this.#freed = false;
    return this.#finished.splice(0, most);
  }

  /** What a turn could not settle just now, to be settled by the next one. */
  giveBack(settlements: readonly Settlement[]): void {
    this.#finished.push(...settlements);
  }

  /** Nobody settles any more: what a turn still under way claims is not started. */
  close(): void {
    this.#closed = true;
  }

  /** Stops what a turn says is cancelled or, of the claims it was asked about, gone, and starts what it claimed. */
  accept({ jobs, report }: TurnReply, claimId: string): void {
    if (this.#closed) return;
    this.#abort(
      ({ id }) => report?.cancels.includes(id) === true,
      () => new MayflyError("job_cancelled", "An operator cancelled the job."),
    );
    // By its claim, too: this worker may have been given the same job again.
    const lost = report?.lostClaims ?? [];
    this.#abort(
      (run) => lost.some(([id, claim]) => id === run.id && claim === run.claimId),
      () => new MayflyError("claim_lost", "The worker was taken for dead, and the job was given to others."),
    );
    const { budget, handlers } = this.#worker;
    for (const job of jobs) {
      const handler = handlers.get(job.name);
      // The answer to a repeated turn may come so late that there is no time left to run what it claimed.
      if (!handler || !budget.fits(job.timeoutMs ?? handler.definition.timeoutMs)) {
        this.#finished.push({ id: job.id, claimId, outcome: "released", retryInMs: null, countsAsAttempt: false });
      } else if (job.hook === null) {
        this.#start(runJob(this.#worker, job, claimId, handler));
      } else {
        this.#start(runHook(this.#worker, job, claimId, handler));
      }
    }
    this.#stir();
  }

  /**
   * Waits for an attempt to finish, and then `lingerMs` for others, until there are `enough`; until the bell rings, never longer than `mostMs`,
   * a heartbeat or the budget allow.
   */
  async untilWorthATurn(lingerMs: number, mostMs: number, enough: number): Promise<void> {
    const { budget, clock, heartbeat } = this.#worker;
    const limit = Promise.withResolvers<void>();
    const forgetLimit = clock.after(Math.min(heartbeat.intervalMs, budget.remainingMs(), mostMs), limit.resolve);
    const others = [this.#bell.rung, limit.promise];
    await this.#until(() => this.#finished.length > 0 || this.#freed, others);
    if (this.#finished.length > 0) {
      const lingered = Promise.withResolvers<void>();
      const forget = clock.after(lingerMs, lingered.resolve);
      await this.#until(() => this.#runs.size === 0 || this.#finished.length >= enough, [...others, lingered.promise]);
      forget();
    }
    forgetLimit();
    if (budget.remainingMs() <= 0) await this.#interrupt();
  }

  /** Waits until this holds, asked whenever attempts start or end, at most so many milliseconds. */
  async until(holds: () => boolean, mostMs: number): Promise<void> {
    const over = Promise.withResolvers<void>();
    const forget = this.#worker.clock.after(mostMs, over.resolve);
    await this.#until(holds, [over.promise]);
    forget();
  }

  /** Nothing of it stays behind at what does not happen: a job may go on through many such waits. */
  async #until(holds: () => boolean, others: readonly Promise<void>[]): Promise<void> {
    if (holds()) return;
    const held = Promise.withResolvers<void>();
    const watcher = () => {
      if (holds()) held.resolve();
    };
    this.#watchers.add(watcher);
    await Promise.race([held.promise, ...others]);
    this.#watchers.delete(watcher);
  }

  #start(run: Run): void {
    this.#runs.add(run);
    this.#untold.add(run);
    void run.settlement.then((settlement) => {
      this.#untold.delete(run);
      if (settlement) this.#finished.push(settlement);
      this.#stir();
    });
    void run.returned.then(() => {
      this.#runs.delete(run);
      this.#freed = true;
      this.#stir();
    });
  }

  #stir(): void {
    for (const watcher of this.#watchers) watcher();
  }

  #abort(concerns: (run: Run) => boolean, reason: () => MayflyError): void {
    for (const run of this.#untold) if (concerns(run)) run.abort(reason());
  }

  /** At the hard end nobody waits for a handler any more. */
  async #interrupt(): Promise<void> {
    const runs = [...this.#runs];
    for (const run of runs) run.abort(new MayflyError("job_interrupted", "The runtime's time was up before the job had ended."));
    await Promise.all(runs.map((run) => run.settlement));
    this.#runs.clear();
    this.#stir();
  }
}
