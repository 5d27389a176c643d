/**
 * How an attempt ended, as spans and metrics tell it; the worker settles it by the same rules.
 * @module
 */
import { type ErrorCode, isMayflyError, MayflyError } from "../core/errors.ts";
import { settleDeferral } from "../core/outcome.ts";
import type { Returned, Task } from "../engine/execute.ts";
import { errorType } from "./errors.ts";

export interface Verdict {
  readonly outcome: "successful" | "errored" | "cancelled" | "lost" | "deferred";
  readonly error?: unknown;
  /** Of a failure; a deferral and a cancel are none. */
  readonly type?: string;
}

/** Of what the code returned. */
export function verdictOf({ job, claimId }: Task, { deferral }: Returned): Verdict {
  if (!deferral) return { outcome: "successful" };
  const { outcome, error } = settleDeferral(job, claimId, deferral);
  return outcome === "deferred" ? { outcome } : verdictOfError(new MayflyError("job_deferred_out", error?.message ?? ""));
}

/** Of what it threw, or was aborted with. */
export function verdictOfError(error: unknown): Verdict {
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
