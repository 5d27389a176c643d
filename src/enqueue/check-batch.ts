/**
 * Checking a batch: each of its jobs, all problems at once, and the whole against the limits of one call.
 * @module
 */
import { type ErrorCode, MayflyError } from "../base/errors.ts";
import { byteLength } from "../base/json-value.ts";
import { Problems } from "../base/problems.ts";
import { type EnqueueLimits, type Judgement, judge } from "./check.ts";
import type { CheckedJob, EnqueueRequest } from "./checked-job.ts";
import type { Ids } from "./enqueue-options.ts";

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
  const codes: ErrorCode[] = [];
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
