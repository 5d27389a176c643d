/**
 * Cancelling and retrying one job. What comes back is what became of it, not what was hoped for.
 * @module
 */
import { isUuid } from "../../base/ids.ts";
import type { CancelOutcome, RetryResult } from "../../job/jobs-client.ts";
import type { Flash } from "../flash.ts";
import { momentOf } from "../moment.ts";
import type { Page } from "../page-context.ts";
import { field, goBack } from "../respond.ts";

const GONE: Flash = { kind: "warning", text: "There is no such job any more. Nothing was done." };

const CANCELLED: Record<CancelOutcome, Flash> = {
  cancelled: { kind: "done", text: "The job is cancelled." },
  requested: {
    kind: "done",
    text: "The job is told to stop: its handler's signal aborts within a heartbeat, and there is no other attempt.",
  },
  finished: { kind: "warning", text: "The job has moved on: it had ended before it could be cancelled. Nothing was done." },
  unknown: GONE,
};

/** Cancels the job if it still stands where the page showed it. */
export const cancelJob: Page = async (c, context) => {
  const id = c.req.param("id") ?? "";
  const job = isUuid(id) ? await context.jobs.get(id) : undefined;
  if (!job) return goBack(c, context, "/waiting", GONE);
  const here = `/jobs/${id}`;
  if (momentOf(job) !== (await field(c, "moment"))) {
    return goBack(c, context, here, {
      kind: "warning",
      text: `The job has moved on since you looked: it is ${job.state} now. Nothing was done.`,
    });
  }
  return goBack(c, context, here, CANCELLED[await context.jobs.cancel(id)]);
};

export const retryJob: Page = async (c, context) => {
  const id = c.req.param("id") ?? "";
  if (!isUuid(id)) return goBack(c, context, "/results", GONE);
  return goBack(c, context, `/jobs/${id}`, retried(await context.jobs.retry(id)));
};

function retried({ outcome, id }: RetryResult): Flash {
  const job = id === undefined ? {} : { job: id };
  switch (outcome) {
    case "enqueued":
      return { kind: "done", text: "The job runs once more, as a new one.", ...job };
    case "already":
      return { kind: "warning", text: "The job was retried before. Nothing was added.", ...job };
    case "blocked":
      return { kind: "warning", text: "The job did not go in: another live job holds its key.", ...job };
    case "live":
      return { kind: "warning", text: "The job has not finished: it waits or runs. Nothing was added." };
    default:
      return GONE;
  }
}
