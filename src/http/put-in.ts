/**
 * Enqueueing for a request: under its `Idempotency-Key`, once.
 * @module
 */
import * as v from "valibot";
import { MayflyError } from "../base/errors.ts";
import type { EnqueueResult } from "../job/jobs-client.ts";
import type { Identity } from "./auth.ts";
import type { Queue } from "./call.ts";
import type { EnqueueBody } from "./enqueue-body.ts";
import { idempotencyKey } from "./schemas/enqueue.ts";

export interface Outcome {
  readonly results: readonly EnqueueResult[];
  /** Whether it was there before, and this is what it was answered. */
  readonly replayed: boolean;
}

/**
 * Puts the jobs in.
 * @param body all that the request asks for, as JSON: another one under the same key is refused
 * @throws `invalid_options` for a key of another shape; `forbidden` and `limited` as the producer's bounds have it; what the client does
 */
export async function putIn(
  { request, identity, queue }: { readonly request: Request; readonly identity: Identity; readonly queue: Queue },
  { jobs, batch }: EnqueueBody,
  body: unknown,
): Promise<Outcome> {
  const key = readKey(request);
  const client = queue.jobs();
  const [first] = jobs;
  const enqueue = async (): Promise<Outcome> => {
    if (key !== undefined) return await client.enqueueOnce(jobs, { alone: !batch, scope: identity.name, key, body });
    return { replayed: false, results: batch || !first ? await client.enqueueMany(jobs) : [await client.enqueue(...first)] };
  };
  const bounded = identity.role === "producer" ? queue.bounded(identity.name) : undefined;
  return await (bounded ? bounded(jobs, enqueue) : enqueue());
}

/** The header that says so of a repeat. */
export function replayHeader({ replayed }: Outcome): Readonly<Record<string, string>> {
  return replayed ? { "idempotent-replayed": "true" } : {};
}

function readKey(request: Request): string | undefined {
  const key = request.headers.get("idempotency-key");
  if (key === null) return undefined;
  if (v.is(idempotencyKey, key)) return key;
  const message = "is 1 to 255 visible ASCII characters";
  throw new MayflyError("invalid_options", `The Idempotency-Key ${message}.`, { problems: [{ path: ["Idempotency-Key"], message }] });
}
