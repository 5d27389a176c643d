/**
 * What became of an enqueue, in words.
 * @module
 */
import type { EnqueueOutcome, EnqueueResult } from "../../job/jobs-client.ts";
import type { Flash } from "../flash.ts";

const WORDS: Record<EnqueueOutcome, string> = {
  enqueued: "is enqueued.",
  duplicate: "was enqueued before; nothing was added.",
  blocked: "did not go in: another live job holds its key.",
  limited: "did not go in: as many live jobs as its limit allows are there.",
  skipped: "did not go in: its own rule, shouldEnqueue, said no.",
};

/** `what` begins the sentence. */
export function enqueued(what: string, { outcome, id, existingId }: EnqueueResult): Flash {
  const job = outcome === "enqueued" ? id : existingId;
  return { kind: outcome === "enqueued" ? "done" : "warning", text: `${what} ${WORDS[outcome]}`, ...(job === undefined ? {} : { job }) };
}
