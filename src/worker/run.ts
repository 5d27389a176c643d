/**
 * An attempt under way: its code runs under a time limit. At an abort it ends at once, while its code may go on.
 * @module
 */
import { formatDuration } from "../base/durations.ts";
import { MayflyError } from "../base/errors.ts";
import type { Handler } from "../job/handler.ts";
import type { ClaimedJob } from "../store/claimed-job.ts";
import type { Attempt, AttemptEnd, Execute } from "./attempt.ts";
import type { Limited } from "./deadlines.ts";
import { isProcessLost, isProcessMissing } from "./process-ends.ts";

/** Hears how attempts come to their end. */
export interface RunObserver<Env> {
  /** The attempt has ended; nothing that its code does now counts. */
  ended(run: Run<Env>, end: AttemptEnd): void;
  /** Its code has returned or thrown, and its slot is free. Not before it has ended. */
  returned(run: Run<Env>): void;
}

export class Run<Env> implements Attempt, Limited {
  readonly job: ClaimedJob;
  readonly claimId: string;
  readonly handler: Handler<Env>;
  readonly deadline: number;
  readonly #observer: RunObserver<Env>;
  #controller: AbortController | undefined;
  #abortReason: MayflyError | undefined;
  #isOver = false;

  /** `now`: when it starts. */
  constructor(job: ClaimedJob, claimId: string, handler: Handler<Env>, now: number, observer: RunObserver<Env>) {
    this.job = job;
    this.claimId = claimId;
    this.handler = handler;
    this.deadline = now + timeoutOf(job, handler);
    this.#observer = observer;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#abortReason) this.#controller.abort(this.#abortReason);
    }
    return this.#controller.signal;
  }

  /** Runs the code of the attempt. Never rejects. */
  async start(execute: Execute): Promise<void> {
    try {
      if (this.job.cancelRequested) this.abort(new MayflyError("job_cancelled", "The job was cancelled before this attempt."));
      if (!this.#isOver) this.#end({ how: "returned", returned: await execute(this) });
    } catch (error) {
      this.#end({ how: isProcessLost(error) ? "process_lost" : isProcessMissing(error) ? "not_started" : "threw", error });
    }
    this.#observer.returned(this);
  }

  /** Aborts the signal, and ends the attempt with this error. An operator's cancel does not stop a hook: what it is about is over. */
  abort(reason: MayflyError): void {
    if (this.#isOver || (this.job.hook !== null && reason.code === "job_cancelled")) return;
    this.#abortReason = reason;
    this.#controller?.abort(reason);
    this.#end({ how: "aborted", error: reason });
  }

  expire(): void {
    const { job, handler } = this;
    const name = job.hook === null ? job.name : `the hook of ${job.name}`;
    const timeout = formatDuration(timeoutOf(job, handler));
    this.abort(new MayflyError("job_timed_out", `${name} ran longer than its time-out of ${timeout}.`));
  }

  #end(end: AttemptEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#observer.ended(this, end);
  }
}

/** Milliseconds that it may take. A hook has its definition's time-out. */
export function timeoutOf<Env>({ hook, timeoutMs }: ClaimedJob, { definition }: Handler<Env>): number {
  return hook === null ? (timeoutMs ?? definition.timeoutMs) : definition.timeoutMs;
}
