/**
 * How long attempts waited and ran, measured in the worker, wherever their code runs.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/logger.ts";
import type { Attempt, Execute } from "../worker/attempt.ts";
import { isProcessLost, isProcessMissing } from "../worker/process-ends.ts";
import type { Attempts } from "./attempts.ts";
import { jobsOf } from "./attributes.ts";
import { currentInstruments, type Instruments } from "./instruments.ts";
import { type ObservedEnd, observeAttempt } from "./observe-attempt.ts";
import { safely } from "./safely.ts";
import { currentTracer } from "./scope.ts";
import { endAttempt, startAttempt } from "./trace-attempts.ts";

export interface MeasureOptions {
  readonly attempts: Attempts;
  readonly clock: Pick<Clock, "now">;
  readonly logger: Logger;
}

/** The same, measured. Of an attempt that went down with its process it makes the span, since nobody else can. */
export function measureAttempts(execute: Execute, { attempts, clock, logger }: MeasureOptions): Execute {
  return (attempt) => {
    const instruments = currentInstruments();
    if (!instruments && !currentTracer()) return execute(attempt);
    const [startTime, startedAt] = [clock.now(), performance.now()];
    if (instruments && attempt.job.hook === null) recordWait(instruments, attempt, startTime);
    return observeAttempt(
      () => execute(attempt),
      attempt,
      (observed) => {
        if (isProcessMissing(observed.error)) return;
        if (instruments && attempt.job.hook === null) {
          recordRun(instruments, attempt, observed, (performance.now() - startedAt) / 1_000);
          attempts.ended(attempt, observed);
        }
        if (isProcessLost(observed.error)) {
          const span = startAttempt(attempt, { logger, startTime });
          if (span) endAttempt(span, attempt.job, observed);
        }
      },
    );
  };
}

/** The worker's clock may be a little behind the database's. */
function recordWait({ wait }: Instruments, { job }: Attempt, startTime: number): void {
  safely(() => wait.record(Math.max(0, startTime - Date.parse(job.runAt)) / 1_000, jobsOf("process", job.queue, job.name)));
}

function recordRun({ process }: Instruments, { job }: Attempt, { type }: ObservedEnd, seconds: number): void {
  safely(() => process.record(seconds, jobsOf("process", job.queue, job.name, type === undefined ? {} : { "error.type": type })));
}
