/**
 * A span round the code of each attempt, where that code runs, so that a handler's own spans are inside of it.
 * @module
 */
import { context, type Span, SpanKind, trace } from "@opentelemetry/api";
import type { Logger } from "../base/logger.ts";
import type { ClaimedJob } from "../store/claimed-job.ts";
import type { Attempt, Execute } from "../worker/attempt.ts";
import { attemptOf } from "./attributes.ts";
import { fail } from "./errors.ts";
import { type ObservedEnd, observeAttempt } from "./observe-attempt.ts";
import { currentTracer, startSpan } from "./scope.ts";
import { fromHeaders } from "./trace-context.ts";

/** The same, traced. The span is a root: it links to the one that sent the job, which may be long over. */
export function traceAttempts(execute: Execute, logger: Logger): Execute {
  return (attempt) => {
    const span = startAttempt(attempt, { logger });
    if (!span) return execute(attempt);
    return observeAttempt(
      () => context.with(trace.setSpan(context.active(), span), () => execute(attempt)),
      attempt,
      (observed) => endAttempt(span, attempt.job, observed),
    );
  };
}

/** Undefined without an SDK, and where it fails. */
export function startAttempt(
  { job, claimId }: Attempt,
  { logger, startTime }: { readonly logger: Logger; readonly startTime?: number },
): Span | undefined {
  if (!currentTracer()) return undefined;
  return startSpan(`${job.hook === null ? "process" : "hook"} ${job.queue}`, {
    kind: job.hook === null ? SpanKind.CONSUMER : SpanKind.INTERNAL,
    root: true,
    links: linksOf(job, logger),
    attributes: { ...attemptOf(job, claimId), ...(job.hook === null ? {} : { "mayfly.hook": job.hook }) },
    ...(startTime === undefined ? {} : { startTime }),
  });
}

export function endAttempt(span: Span, { hook }: ClaimedJob, { outcome, error, type }: ObservedEnd): void {
  if (hook === null) span.setAttribute("mayfly.outcome", outcome);
  if (type !== undefined) fail(span, error, type);
  span.end();
}

function linksOf({ id, trace }: ClaimedJob, logger: Logger) {
  if (trace.traceparent === undefined) return [];
  const sender = fromHeaders(trace);
  if (sender) return [{ context: sender }];
  try {
    logger.warn("traceparent ignored", { jobId: id, traceparent: trace.traceparent });
  } catch {
    // A logger of a user's own threw: the job runs all the same.
  }
  return [];
}
