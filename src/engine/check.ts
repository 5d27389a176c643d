/**
 * Checking what a producer asks for, at the edge and all at once: payloads against their schemas, options against
 * their bounds, the call against its limits.
 * @module
 */
import type { Clock } from "../core/clock.ts";
import { resolveEnqueue } from "../core/enqueue-options.ts";
import { type ErrorCode, MayflyError, type Problem } from "../core/errors.ts";
import { type PayloadResult, validatePayload } from "../core/validate-payload.ts";
import type { CheckedJob, EnqueueRequest } from "./checked-job.ts";

/** What one enqueue may hold. */
export interface EnqueueLimits {
  /** Bytes of one payload as JSON. */
  readonly payloadBytes: number;
  /** Bytes of all payloads of one call. */
  readonly enqueueBytes: number;
  /** Jobs of one call. */
  readonly batch: number;
}

/** Where ids and the time come from. */
export interface Ids {
  readonly newId: () => string;
  readonly clock: Pick<Clock, "now">;
}

/** Checks a batch, running async schemas too. Paths of problems start with `jobs` and the index in the batch. */
export async function checkBatch(requests: readonly EnqueueRequest[], limits: EnqueueLimits, ids: Ids): Promise<CheckedJob[]> {
  if (requests.length === 0) throw new MayflyError("empty_batch", "The batch is empty: there is nothing to enqueue.");
  if (requests.length > limits.batch) {
    throw new MayflyError("batch_too_large", `${requests.length} jobs in one call; at most ${limits.batch} are taken. Split the batch.`);
  }
  const payloads = await Promise.all(requests.map(({ definition, payload }) => validatePayload(definition.schema, payload)));
  const refusals: Refusal[] = [];
  const checked: CheckedJob[] = [];
  let bytes = 0;
  requests.forEach((request, index) => {
    const one = check(request, payloads[index] as PayloadResult, limits, ids);
    if ("problems" in one) {
      refusals.push({ ...one, problems: one.problems.map(({ path, message }) => ({ path: ["jobs", index, ...path], message })) });
    } else {
      checked.push(one.checked);
      bytes += one.bytes;
    }
  });
  if (refusals.length > 0) throw refuse(refusals, `${refusals.length} of ${requests.length} jobs`);
  if (bytes > limits.enqueueBytes) {
    throw new MayflyError(
      "batch_too_large",
      `The payloads of one call come to ${bytes} bytes; at most ${limits.enqueueBytes} are taken. Split the batch.`,
    );
  }
  return checked;
}

/** Checks one job, running an async schema too. */
export async function checkOne(request: EnqueueRequest, limits: EnqueueLimits, ids: Ids): Promise<CheckedJob> {
  return accept(request, await validatePayload(request.definition.schema, request.payload), limits, ids);
}

/**
 * Checks one job without waiting, for a statement that is made now.
 * @throws `invalid_config` when the schema is async
 */
export function checkNow(request: EnqueueRequest, limits: EnqueueLimits, ids: Ids): CheckedJob {
  const payload = validatePayload(request.definition.schema, request.payload);
  if (payload instanceof Promise) {
    throw new MayflyError(
      "invalid_config",
      `The schema of ${request.definition.name} is async, which a statement cannot wait for. Use enqueue().`,
    );
  }
  return accept(request, payload, limits, ids);
}

interface Refusal {
  /** Default "invalid_options". */
  readonly code?: ErrorCode;
  readonly problems: readonly Problem[];
}

function accept(request: EnqueueRequest, payload: PayloadResult, limits: EnqueueLimits, ids: Ids): CheckedJob {
  const one = check(request, payload, limits, ids);
  if ("problems" in one) throw refuse([one], request.definition.name);
  return one.checked;
}

function check(
  { definition, payload, options }: EnqueueRequest,
  validated: PayloadResult,
  limits: EnqueueLimits,
  ids: Ids,
): { readonly checked: CheckedJob; readonly bytes: number } | Refusal {
  const resolved = resolveEnqueue(definition, payload, options, {
    newId: ids.newId,
    now: ids.clock.now(),
    maxPayloadBytes: limits.payloadBytes,
    payloadFits: validated.ok,
  });
  const payloadProblems = validated.ok ? [] : validated.problems.map(({ path, message }) => ({ path: ["payload", ...path], message }));
  if (resolved.ok && payloadProblems.length === 0)
    return { checked: { definition, job: resolved.job, ownId: options.id === undefined }, bytes: resolved.payloadBytes };
  return {
    code: payloadProblems.length > 0 || resolved.ok ? "invalid_payload" : resolved.code,
    problems: [...payloadProblems, ...(resolved.ok ? [] : resolved.problems)],
  };
}

/** The error that tells of all that was refused. */
export function refuse(refusals: readonly Refusal[], what: string): MayflyError {
  const problems = refusals.flatMap((refusal) => refusal.problems);
  const list = problems.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  return new MayflyError(refusals[0]?.code ?? "invalid_options", `${what} cannot be enqueued. ${list}`, { problems });
}
