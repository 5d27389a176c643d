/**
 * `POST /v1/jobs`: one job or a batch; under an `Idempotency-Key`, once.
 * @module
 */
import * as v from "valibot";
import { MayflyError } from "../../core/errors.ts";
import type { EnqueueResult } from "../../core/jobs-client.ts";
import { createdBy, type Identity } from "../auth.ts";
import { type Call, Reply, type RouteHandler } from "../call.ts";
import { type EnqueueBody, parseEnqueueBody } from "../enqueue-body.ts";
import { idempotencyKey } from "../schemas/enqueue.ts";

type EnqueueCall = Call<"POST /v1/jobs">;

export const enqueue: RouteHandler<"POST /v1/jobs"> = async (call) => {
  const key = readKey(call.request);
  const asked = parseEnqueueBody(call.body, call.queue.definitions, { source: "POST /v1/jobs", createdBy: createdBy(call.identity) });
  const { results, replayed } = key === undefined ? await putIn(call, asked) : await putInOnce(call, asked, key, call.identity);
  const entered = results.some(({ outcome }) => outcome === "enqueued");
  const [first] = results;
  return new Reply(asked.batch || !first ? { jobs: results } : first, entered ? 201 : 200, {
    ...(entered && !asked.batch && first ? { location: `${new URL(call.request.url).pathname.replace(/\/$/, "")}/${first.id}` } : {}),
    ...(replayed ? { "idempotent-replayed": "true" } : {}),
  });
};

interface Outcome {
  readonly results: readonly EnqueueResult[];
  readonly replayed: boolean;
}

async function putIn({ queue }: EnqueueCall, { jobs, batch }: EnqueueBody): Promise<Outcome> {
  const client = queue.jobs();
  const [first] = jobs;
  return { replayed: false, results: batch || !first ? await client.enqueueMany(jobs) : [await client.enqueue(...first)] };
}

async function putInOnce({ queue, body }: EnqueueCall, { jobs, batch }: EnqueueBody, key: string, { name }: Identity): Promise<Outcome> {
  return await queue.jobs().enqueueOnce(jobs, { alone: !batch, scope: name, key, body });
}

function readKey(request: Request): string | undefined {
  const key = request.headers.get("idempotency-key");
  if (key === null) return undefined;
  if (v.is(idempotencyKey, key)) return key;
  const message = "is 1 to 255 visible ASCII characters";
  throw new MayflyError("invalid_options", `The Idempotency-Key ${message}.`, { problems: [{ path: ["Idempotency-Key"], message }] });
}
