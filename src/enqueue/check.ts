/**
 * Checking what a producer asks for, at the edge and all at once: payloads against their schemas, options against
 * their bounds, the call against its limits.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import { type ErrorCode, MayflyError } from "../base/errors.ts";
import { byteLength } from "../base/json-value.ts";
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
  const pending = requests.map((request) => judge(request, limits, ids));
  const judged = pending.some((one) => one instanceof Promise) ? await Promise.all(pending) : (pending as Judgement[]);
  const checked = judged.filter((one): one is CheckedJob => "job" in one);
  if (checked.length < judged.length) throw refusalOf(judged);
  checkBytes(checked, limits);
  return checked;
}

function refusalOf(judged: readonly Judgement[]): MayflyError {
  const problems = new Problems();
  const codes: Refusal["code"][] = [];
  judged.forEach((one, index) => {
    if ("job" in one) return;
    codes.push(one.code);
    problems.addAll(one.problems, ["jobs", index]);
  });
  return problems.error(codes[0] ?? "invalid_options", `${codes.length} of ${judged.length} jobs cannot be enqueued`);
}

function checkBytes(checked: readonly CheckedJob[], { enqueueBytes }: EnqueueLimits): void {
  const characters = checked.reduce((sum, { job }) => sum + job.payloadJson.length, 0);
  // A character has three bytes at most.
  if (3 * characters <= enqueueBytes) return;
  const bytes = checked.reduce((sum, { job }) => sum + byteLength(job.payloadJson), 0);
  if (bytes <= enqueueBytes) return;
  const message = `The payloads of one call come to ${bytes} bytes; at most ${enqueueBytes} are taken. Split the batch.`;
  throw new MayflyError("batch_too_large", message);
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

interface Refusal {
  readonly code: ErrorCode;
  readonly problems: Problems;
}

type Judgement = CheckedJob | Refusal;

function accept({ definition }: EnqueueRequest, judgement: Judgement): CheckedJob {
  if ("job" in judgement) return judgement;
  throw judgement.problems.error(judgement.code, `${definition.name} cannot be enqueued`);
}

/** At once where the schema does, else in a promise. */
function judge(request: EnqueueRequest, limits: EnqueueLimits, ids: Ids): Judgement | Promise<Judgement> {
  const measured = measurePayload(request.payload, limits.payloadBytes);
  if (!measured.ok) return resolve(request, measured, null, ids);
  const validated = validatePayload(request.definition.schema, request.payload);
  if (validated instanceof Promise) return validated.then((result) => resolve(request, result, measured.json, ids));
  return resolve(request, validated, measured.json, ids);
}

type Fit = { readonly ok: true } | { readonly ok: false; readonly code?: ErrorCode; readonly problems: Problems };

function resolve({ definition, payload, options }: EnqueueRequest, fit: Fit, json: string | null, ids: Ids): Judgement {
  const context = { newId: ids.newId, now: () => ids.clock.now(), payloadJson: fit.ok ? json : null };
  const resolved = resolveEnqueue(definition, payload, options, context);
  if (fit.ok && resolved.ok) return { definition, job: resolved.job, ownId: options.id === undefined };
  const problems = new Problems();
  if (!fit.ok) problems.addAll(fit.problems, ["payload"]);
  if (!resolved.ok) problems.addAll(resolved.problems);
  return { code: fit.ok ? "invalid_options" : (fit.code ?? "invalid_payload"), problems };
}
