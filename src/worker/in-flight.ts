/**
 * What a worker has in flight: the jobs that it has claimed and not yet settled, and the slots that they take.
 * @module
 */
import { MayflyError } from "../base/errors.ts";
import type { ClaimedJob } from "../store/claimed-job.ts";
import type { Settlement } from "../store/settlement.ts";
import type { ActiveClaim, TurnReply, TurnReport } from "../store/turn.ts";
import type { AttemptEnd, Execute } from "./attempt.ts";
import { Deadlines } from "./deadlines.ts";
import { executeHere } from "./execute.ts";
import { settleReleased } from "./outcome.ts";
import { Run, type RunObserver, timeoutOf } from "./run.ts";
import { giveUpHook, isWornOut, settleHook } from "./settle-hook.ts";
import { settleJob } from "./settle-job.ts";
import type { WakeSignal } from "./wake-signal.ts";
import type { Worker } from "./worker.ts";

export class InFlight<Env> implements RunObserver<Env> {
  readonly #worker: Worker<Env>;
  readonly #wakeSignal: WakeSignal;
  readonly #execute: Execute;
  /** Each takes a slot, also when it has ended by an abort, until its code returns. */
  readonly #runs = new Set<Run<Env>>();
  readonly #deadlines: Deadlines;
  /** Ends that no turn has taken to the database yet. */
  #settlements: Settlement[] = [];
  /** Ends that the last turn could not settle. Nobody waits less for them. */
  #postponed: Settlement[] = [];
  /** A slot has become free since a turn last took settlements. */
  #slotFreed = false;
  /** Called at every change of the above, while somebody waits. */
  #onChange: (() => void) | undefined;

  /** `wakeSignal`: ends every wait. */
  constructor(worker: Worker<Env>, wakeSignal: WakeSignal) {
    this.#worker = worker;
    this.#wakeSignal = wakeSignal;
    this.#execute = worker.execute ?? executeHere(worker);
    this.#deadlines = new Deadlines(worker.clock, this.#runs);
  }

  /** Slots taken. */
  get running(): number {
    return this.#runs.size;
  }

  /** Slots that a turn may fill. */
  get free(): number {
    return Math.max(0, this.#worker.slots - this.#runs.size);
  }

  get isEmpty(): boolean {
    return this.#runs.size + this.#settlements.length + this.#postponed.length === 0;
  }

  /** Of the attempts that have not ended, job and claim. */
  get activeClaims(): ActiveClaim[] {
    return [...this.#runs].filter(({ isOver }) => !isOver).map(({ job, claimId }) => [job.id, claimId]);
  }

  /** Takes what is to be settled. */
  takeSettlements(): Settlement[] {
    const taken = [...this.#postponed, ...this.#settlements];
    this.#settlements = [];
    this.#postponed = [];
    this.#slotFreed = false;
    return taken;
  }

  /** What a turn could not settle, to be settled by the next one. */
  giveBack(settlements: Iterable<Settlement>): void {
    this.#postponed.push(...settlements);
  }

  /** Aborts what the turn says is cancelled or lost, and starts what it claimed. */
  accept({ jobs, report }: TurnReply, claimId: string): void {
    if (report) this.#abortReported(report);
    for (const job of jobs) this.start(job, claimId);
    this.#notify();
  }

  /** Starts a claimed job, or gives it back where it cannot be run. */
  start(job: ClaimedJob, claimId: string): void {
    const { budget, clock, handlers } = this.#worker;
    const handler = handlers.get(job.name);
    // A repeated turn may be answered so late that there is no time left to run what it claimed.
    if (!handler || !budget.fits(timeoutOf(job, handler))) {
      this.#settlements.push(settleReleased({ job, claimId }));
    } else if (isWornOut(job)) {
      this.#settlements.push(giveUpHook(this.#worker, { job, claimId }));
    } else {
      const run = new Run(job, claimId, handler, clock.now(), this);
      this.#runs.add(run);
      this.#deadlines.add(run.deadline);
      void run.start(this.#execute);
    }
  }

  /**
   * Waits until there is something to settle or a slot has become free, and then `lingerMs` for the others, at most until nothing runs. Never longer
   * than `maxMs`, a heartbeat or the budget allow, and not once the worker is woken.
   */
  async wait(lingerMs: number, maxMs: number): Promise<void> {
    const { budget, clock, heartbeat } = this.#worker;
    const until = clock.now() + Math.min(heartbeat.intervalMs, budget.remainingMs(), maxMs);
    await this.#until(() => this.#settlements.length > 0 || this.#slotFreed, until);
    if (this.#settlements.length > 0) await this.#until(() => this.#runs.size === 0, Math.min(until, clock.now() + lingerMs));
    if (budget.remainingMs() <= 0) this.#interrupt();
  }

  ended(run: Run<Env>, end: AttemptEnd): void {
    const settlement = (run.job.hook === null ? settleJob : settleHook)(this.#worker, run, end);
    if (settlement) this.#settlements.push(settlement);
    if (end.how !== "returned") this.#notify();
  }

  returned(run: Run<Env>): void {
    this.#runs.delete(run);
    this.#slotFreed = true;
    if (this.#runs.size === 0) this.#deadlines.clear();
    this.#notify();
  }

  #abortReported({ cancels, lostClaims }: TurnReport): void {
    if (cancels.length + lostClaims.length === 0) return;
    const isLost = ({ job, claimId }: Run<Env>) => lostClaims.some(([id, lost]) => id === job.id && lost === claimId);
    for (const run of this.#runs) {
      if (cancels.includes(run.job.id)) run.abort(new MayflyError("job_cancelled", "An operator cancelled the job."));
      // By its claim, too: this worker may have claimed the same job again.
      else if (isLost(run)) run.abort(new MayflyError("claim_lost", "The worker was taken for dead, and the job was given to others."));
    }
  }

  /** At the hard end nobody waits for a handler any more. */
  #interrupt(): void {
    for (const run of this.#runs) run.abort(new MayflyError("job_interrupted", "The runtime's time was up before the job had ended."));
    this.#runs.clear();
    this.#deadlines.clear();
  }

  async #until(holds: () => boolean, time: number): Promise<void> {
    const { clock } = this.#worker;
    const ms = time - clock.now();
    if (ms <= 0 || holds()) return;
    const held = Promise.withResolvers<void>();
    this.#onChange = () => {
      if (holds()) held.resolve();
    };
    const forget = clock.after(ms, held.resolve);
    await Promise.race([held.promise, this.#wakeSignal.woken]);
    forget();
    this.#onChange = undefined;
  }

  #notify(): void {
    this.#onChange?.();
  }
}
