/**
 * Jobs and their results: enqueue, look, cancel, run once more.
 * @module
 */
import { MayflyError } from "../../base/errors.ts";
import { isUuid } from "../../base/ids.ts";
import { createdBy, type Identity } from "../auth.ts";
import type { Handlers } from "../call.ts";
import { enqueue } from "./enqueue.ts";

export const jobRoutes: Handlers<
  | "POST /v1/jobs"
  | "GET /v1/jobs"
  | "GET /v1/jobs/:id"
  | "POST /v1/jobs/:id/cancel"
  | "POST /v1/jobs/:id/retry"
  | "GET /v1/results"
  | "POST /v1/results/retry"
> = {
  "POST /v1/jobs": enqueue,
  "GET /v1/jobs": ({ query, identity, queue }) => queue.operator().jobs(ownOnly(query, identity)),
  "GET /v1/jobs/:id": async ({ params, identity, queue }) => {
    const job = isUuid(params.id) ? await queue.jobs().get(params.id) : undefined;
    if (!job || (identity.role === "producer" && job.createdBy !== createdBy(identity))) throw noJob(params.id);
    return job;
  },
  "POST /v1/jobs/:id/cancel": async ({ params: { id }, queue }) => {
    const outcome = isUuid(id) ? await queue.jobs().cancel(id) : "unknown";
    if (outcome === "unknown") throw noJob(id);
    return { outcome };
  },
  "POST /v1/jobs/:id/retry": async ({ params: { id }, queue }) => {
    const result = isUuid(id) ? await queue.jobs().retry(id) : undefined;
    if (!result || result.outcome === "unknown") throw noJob(id);
    return result;
  },
  "GET /v1/results": ({ query, identity, queue }) => queue.operator().results(ownOnly(query, identity)),
  "POST /v1/results/retry": async ({ body, queue }) => ({ items: await queue.operator().retryMany(body.ids) }),
};

/** A producer asks for its own, whether it says so or not. */
function ownOnly<Q extends { readonly createdBy?: string }>(query: Q, identity: Identity): Q {
  if (identity.role !== "producer") return query;
  const own = createdBy(identity);
  if (query.createdBy !== undefined && query.createdBy !== own)
    throw new MayflyError("forbidden", `A producer sees its own jobs only: createdBy is ${JSON.stringify(own)}, or left out.`);
  return { ...query, createdBy: own };
}

function noJob(id: string): MayflyError {
  return new MayflyError("not_found", `There is no job ${id.slice(0, 64)}, or its results have been removed.`);
}
