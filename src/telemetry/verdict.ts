/**
 * How an attempt ended, as spans and metrics tell it; the worker settles it by the same rules.
 * @module
 */
import { type ErrorCode, isMayflyError, MayflyError } from "../base/errors.ts";
import type { Attempt, Returned } from "../worker/attempt.ts";
import { settleDeferral } from "../worker/outcome.ts";
import { errorType } from "./errors.ts";
import { safely } from "./safely.ts";

export interface Verdict {
  readonly outcome: "successful" | "errored" | "cancelled" | "lost" | "deferred";
  readonly error?: unknown;
  /** Of a failure; a deferral and a cancel are none. */
  readonly type?: string;
}

/** Runs an attempt, and tells how it ended, once: at its abort, whatever its code does afterwards, or when it returns or throws. */
export function runTold(run: () => Promise<Returned>, attempt: Attempt, tell: (verdict: Verdict) => void): Promise<Returned> {
  const { signal } = attempt;
  let over = false;
  const end = (verdict: Verdict) => {
    if (over) return;
    over = true;
    signal.removeEventListener("abort", abort);
    safely(() => tell(verdict));
  };
  const abort = () => end(verdictOfError(signal.reason));
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });
  const running = run();
  running.then(
    (returned) => end(verdictOf(attempt, returned)),
    (error: unknown) => end(verdictOfError(error)),
  );
  return running;
}

/** Of what the code returned. */
function verdictOf(attempt: Attempt, { deferral }: Returned): Verdict {
  if (!deferral) return { outcome: "successful" };
  const { outcome, error } = settleDeferral(attempt, deferral);
  return outcome === "deferred" ? { outcome } : verdictOfError(new MayflyError("job_deferred_out", error?.message ?? ""));
}

/** Of what it threw, or was aborted with. */
function verdictOfError(error: unknown): Verdict {
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
