/**
 * Observes how an attempt ends, for spans and metrics. The worker settles the attempt by the same rules.
 * @module
 */
import { type ErrorCode, isMayflyError, MayflyError } from "../base/errors.ts";
import type { Attempt, Returned } from "../worker/attempt.ts";
import { settleDeferral } from "../worker/outcome.ts";
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
  const abort = () => end(endOfError(signal.reason));
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

/** The end of an attempt that threw or was aborted. */
function endOfError(error: unknown): ObservedEnd {
  if (is(error, "job_cancelled")) return { outcome: "cancelled" };
  const lost = is(error, "job_lost") || is(error, "claim_lost");
  return { outcome: lost ? "lost" : "errored", error, type: errorType(error) };
}

/** Whatever was thrown decides itself what reading it does. */
function is(error: unknown, code: ErrorCode): boolean {
  try {
    return isMayflyError(error, code);
  } catch {
    return false;
  }
}
