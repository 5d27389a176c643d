/**
 * Checking what a producer asks for, at the edge and all at once: payloads against their schemas, options against
 * their bounds, the call against its limits.
 * @module
 */
import { type ErrorCode, MayflyError } from "../base/errors.ts";
import { Problems, show } from "../base/problems.ts";
import type { CheckedJob, EnqueueRequest } from "./checked-job.ts";
import { type Ids, measurePayload, type ResolveContext, resolveEnqueue } from "./enqueue-options.ts";
import { validatePayload } from "./validate-payload.ts";

/** What one enqueue may hold. */
export interface EnqueueLimits {
  /** Bytes of one payload as JSON. */
  readonly payloadBytes: number;
  /** Bytes of all payloads of one call. */
  readonly enqueueBytes: number;
  /** Jobs of one call. */
  readonly batch: number;
  /** The program's jobs, by name and by alias. A job that is not among them is refused, since no consumer of the program could run it. Undefined: every job is accepted. */
  readonly definitions?: ReadonlyMap<string, unknown>;
}

/** Checks one job, running an async schema too. */
export async function checkOne(request: EnqueueRequest, limits: EnqueueLimits, ids: Ids): Promise<CheckedJob> {
  return accept(request, await judge(request, limits, ids));
}

/**
 * Checks one job without waiting, for a statement that is made now.
 * @throws `invalid_config` when the schema is async
 */
export function checkNow(request: EnqueueRequest, limits: EnqueueLimits, ids: Ids): CheckedJob {
  const judgement = judge(request, limits, ids);
  if (judgement instanceof Promise) {
    throw new MayflyError(
      "invalid_config",
      `The schema of ${request.definition.name} is async, which a statement cannot wait for. Use enqueue().`,
    );
  }
  return accept(request, judgement);
}

export interface Refusal {
  readonly code: ErrorCode;
  readonly problems: Problems;
}

export type Judgement = CheckedJob | Refusal;

function accept({ definition }: EnqueueRequest, judgement: Judgement): CheckedJob {
  if ("job" in judgement) return judgement;
  throw judgement.problems.error(judgement.code, `${definition.name} cannot be enqueued`);
}

/** What is to be said of one job: at once where the schema does, else in a promise. */
export function judge(request: EnqueueRequest, limits: EnqueueLimits, ids: Ids): Judgement | Promise<Judgement> {
  const measured = measurePayload(request.payload, limits.payloadBytes);
  const validated = measured.ok ? validatePayload(request.definition.schema, request.payload) : measured;
  const resolved = (fit: Fit) => resolve(request, fit, { ...ids, payloadJson: measured.ok && fit.ok ? measured.json : null });
  const { name } = request.definition;
  if (limits.definitions && !limits.definitions.has(name)) {
    const problems = new Problems();
    problems.add([], `${show(name)} is not among the jobs of createMayfly, so nobody here could run it`);
    return { code: "unknown_job", problems };
  }
  return validated instanceof Promise ? validated.then(resolved) : resolved(validated);
}

type Fit = { readonly ok: true } | { readonly ok: false; readonly code?: ErrorCode; readonly problems: Problems };

function resolve({ definition, payload, options }: EnqueueRequest, fit: Fit, context: ResolveContext): Judgement {
  const problems = new Problems();
  if (!fit.ok) problems.addAll(fit.problems, ["payload"]);
  const job = resolveEnqueue(definition, payload, options, context, problems);
  if (job) return { definition, job, ownId: options.id === undefined };
  return { code: fit.ok ? "invalid_options" : (fit.code ?? "invalid_payload"), problems };
}
