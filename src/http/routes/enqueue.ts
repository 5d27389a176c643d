/**
 * `POST /v1/jobs`: one job or a batch; under an `Idempotency-Key`, once.
 * @module
 */
import { createdBy } from "../auth.ts";
import { Reply, type RouteHandler } from "../call.ts";
import { parseEnqueueBody } from "../enqueue-body.ts";
import { putIn, replayHeader } from "../put-in.ts";

export const enqueue: RouteHandler<"POST /v1/jobs"> = async (call) => {
  const asked = parseEnqueueBody(call.body, call.queue.definitions, { source: "POST /v1/jobs", createdBy: createdBy(call.identity) });
  const outcome = await putIn(call, asked, call.body);
  const { results } = outcome;
  const entered = results.some((result) => result.outcome === "enqueued");
  const [first] = results;
  return new Reply(asked.batch || !first ? { jobs: results } : first, entered ? 201 : 200, {
    ...(entered && !asked.batch && first ? { location: `${new URL(call.request.url).pathname.replace(/\/$/, "")}/${first.id}` } : {}),
    ...replayHeader(outcome),
  });
};
