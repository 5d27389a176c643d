/**
 * Enqueueing for a request that its sender may repeat: every repeat is answered as the first time. One round trip, two with a `shouldEnqueue`.
 * @module
 */
import { derivedId, hex, sha256 } from "../base/digest.ts";
import { MayflyError } from "../base/errors.ts";
import type { EnqueueResult } from "../job/jobs-client.ts";
import type { Store } from "../store/store.ts";
import { type CheckedJob, toResult } from "./checked-job.ts";
import { ask } from "./should-enqueue.ts";

/** A request under a key of its sender's. */
export interface OnceRequest {
  /** Whose key it is. */
  readonly scope: string;
  readonly key: string;
  /** All that it asks for, as JSON. */
  readonly body: unknown;
}

export interface OnceResult {
  /** The request was answered before, and this is that answer. */
  readonly replayed: boolean;
  readonly results: readonly EnqueueResult[];
}

/** Conflicts in a row after which the enqueue gives up. */
const TRIES = 5;

/**
 * Enqueues, or answers as before.
 * @throws `idempotency_key_reused` where the key was used for something else, `contended` as `enqueue`
 */
export async function enqueueOnce(store: Store, checked: readonly CheckedJob[], { scope, key, body }: OnceRequest): Promise<OnceResult> {
  const request = { id: await derivedId(scope, key), digest: hex(await sha256(JSON.stringify(body))) };
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const { asked } = await ask(store, checked);
    const jobs = new Map(asked.map((one) => [one.checked, one.job]));
    const { replayed, replies } = await store.enqueueOnce(
      request,
      checked.map((one) => jobs.get(one) ?? { id: one.job.id, skipped: true }),
    );
    if (!replies.some(({ outcome }) => outcome === "conflict"))
      return { replayed, results: replies.map((reply, index) => toResult(reply, checked[index]?.ownId)) };
  }
  throw new MayflyError("contended", `Others were faster ${TRIES} times in a row, and nothing was enqueued. Ask again with the same key.`);
}
