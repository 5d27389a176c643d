/**
 * Observes how an attempt ends, for spans and metrics. The worker settles the attempt by the same rules.
 * @module
 */
import { isMayflyError, MayflyError } from "../base/errors.ts";
import type { Attempt, Returned } from "../worker/attempt.ts";
import { settleDeferral } from "../worker/outcome.ts";
import { isProcessLost } from "../worker/process-ends.ts";
import { errorType } from "./errors.ts";
import { safely } from "./safely.ts";

export interface ObservedEnd {
  readonly outcome: "successful" | "errored" | "cancelled" | "lost" | "deferred";
  readonly error?: unknown;
  /** The error type of a failure. A deferral and a cancel are not failures. */
  readonly type?: string;
}

/** Runs an attempt and calls `observe` once: when the attempt is aborted, whatever its code does afterwards, or when its code returns or throws. */
export function observeAttempt(
  run: () => Promise<Returned>,
  attempt: Attempt,
  observe: (observed: ObservedEnd) => void,
): Promise<Returned> {
  const { signal } = attempt;
  let over = false;
  const end = (observed: ObservedEnd) => {
    if (over) return;
    over = true;
    signal.removeEventListener("abort", abort);
    safely(() => observe(observed));
  };
  const abort = () => end(endOfAbort(signal.reason));
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });
  const running = run();
  running.then(
    (returned) => end(endOf(attempt, returned)),
    (error: unknown) => end(endOfError(error)),
  );
  return running;
}

/** The end of an attempt whose code returned. */
function endOf(attempt: Attempt, { deferral }: Returned): ObservedEnd {
  if (!deferral) return { outcome: "successful" };
  const { outcome, error } = settleDeferral(attempt, deferral);
  return outcome === "deferred" ? { outcome } : endOfError(new MayflyError("job_deferred_out", error?.message ?? ""));
}

/** The end of an attempt whose code threw, whatever code that error has, or that went down with its process. */
function endOfError(error: unknown): ObservedEnd {
  return { outcome: isProcessLost(error) ? "lost" : "errored", error, type: errorType(error) };
}

/** The end of an attempt that was aborted. */
function endOfAbort(reason: unknown): ObservedEnd {
  if (isMayflyError(reason, "job_cancelled")) return { outcome: "cancelled" };
  return { outcome: isMayflyError(reason, "claim_lost") ? "lost" : "errored", error: reason, type: errorType(reason) };
}
