/**
 * Checking what a producer asks for, at the edge and all at once: payloads against their schemas, options against
 * their bounds, the call against its limits.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import { type ErrorCode, MayflyError } from "../base/errors.ts";
import { Problems } from "../base/problems.ts";
import type { CheckedJob, EnqueueRequest } from "./checked-job.ts";
import { measurePayload, resolveEnqueue } from "./enqueue-options.ts";
import { validatePayload } from "./validate-payload.ts";

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

/**
 * Refuses a call of too many jobs, before any of them is looked at.
 * @throws `batch_too_large`
 */
export function checkCount(count: number, { batch }: Pick<EnqueueLimits, "batch">): void {
  if (count > batch) throw new MayflyError("batch_too_large", `${count} jobs in one call; at most ${batch} are taken. Split the batch.`);
}

/** Checks a batch, running async schemas too. Paths of problems start with `jobs` and the index in the batch. */
export async function checkBatch(requests: readonly EnqueueRequest[], limits: EnqueueLimits, ids: Ids): Promise<CheckedJob[]> {
  if (requests.length === 0) throw new MayflyError("empty_batch", "The batch is empty: there is nothing to enqueue.");
  checkCount(requests.length, limits);
  const judged = await Promise.all(requests.map((request) => judge(request, limits, ids)));
  const problems = new Problems();
  const codes: Refusal["code"][] = [];
  const checked: CheckedJob[] = [];
  let bytes = 0;
  judged.forEach((one, index) => {
    if ("problems" in one) {
      codes.push(one.code);
      problems.addAll(one.problems, ["jobs", index]);
    } else {
      checked.push(one.checked);
      bytes += one.bytes;
    }
  });
  const [code] = codes;
  if (code) throw problems.error(code, `${codes.length} of ${requests.length} jobs cannot be enqueued`);
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
  return accept(request, await judge(request, limits, ids));
}

/**
 * Checks one job without waiting, for a statement that is made now.
 * @throws `invalid_config` when the schema is async
 */
export function checkNow(request: EnqueueRequest, limits: EnqueueLimits, ids: Ids): CheckedJob {
  const verdict = judge(request, limits, ids);
  if (verdict instanceof Promise) {
    throw new MayflyError(
      "invalid_config",
      `The schema of ${request.definition.name} is async, which a statement cannot wait for. Use enqueue().`,
    );
  }
  return accept(request, verdict);
}

interface Refusal {
  readonly code: ErrorCode;
  readonly problems: Problems;
}

type Verdict = { readonly checked: CheckedJob; readonly bytes: number } | Refusal;

function accept({ definition }: EnqueueRequest, verdict: Verdict): CheckedJob {
  if ("problems" in verdict) throw verdict.problems.error(verdict.code, `${definition.name} cannot be enqueued`);
  return verdict.checked;
}

/** At once where the schema does, else in a promise. */
function judge(request: EnqueueRequest, limits: EnqueueLimits, ids: Ids): Verdict | Promise<Verdict> {
  const measured = measurePayload(request.payload, limits.payloadBytes);
  if (!measured.ok) return decide(request, measured, 0, ids);
  const validated = validatePayload(request.definition.schema, request.payload);
  if (validated instanceof Promise) return validated.then((result) => decide(request, result, measured.bytes, ids));
  return decide(request, validated, measured.bytes, ids);
}

type Fit = { readonly ok: true } | { readonly ok: false; readonly code?: ErrorCode; readonly problems: Problems };

function decide({ definition, payload, options }: EnqueueRequest, fit: Fit, bytes: number, ids: Ids): Verdict {
  const resolved = resolveEnqueue(definition, payload, options, { newId: ids.newId, now: ids.clock.now(), payloadFits: fit.ok });
  if (fit.ok && resolved.ok) return { checked: { definition, job: resolved.job, ownId: options.id === undefined }, bytes };
  const problems = new Problems();
  if (!fit.ok) problems.addAll(fit.problems, ["payload"]);
  if (!resolved.ok) problems.addAll(resolved.problems);
  return { code: fit.ok ? "invalid_options" : (fit.code ?? "invalid_payload"), problems };
}
