/**
 * Calls by Vercel Queues, in push mode: a message starts the function that has the topic for a trigger.
 * https://vercel.com/docs/queues/api
 * @module
 */

import { systemClock } from "../../src/app/system-clock.ts";
import type { Clock } from "../../src/base/clock.ts";
import { hex, sha256 } from "../../src/base/digest.ts";
import { ask, type CallService } from "./http-ledger.ts";

export interface VercelQueueOptions {
  readonly topic: string;
  /** As the function's: "fra1". Messages of one region are not received in another. */
  readonly region: string;
  /** The deployment's OIDC token: `getVercelOidcToken` of `@vercel/oidc`. */
  readonly token: () => string | Promise<string>;
  /** A secret that each message carries: a call without it starts no tick. Give it the value of CRON_SECRET. */
  readonly cronSecret: string;
  /** Default "https://REGION.vercel-queue.com". */
  readonly endpoint?: string;
}

/** A message is kept for a day at most, its delay included. */
const LONGEST_MS = 23 * 3_600_000;
const RETENTION_SECONDS = 86_400;
const PUSHED = "com.vercel.queue.v2beta";
/** A message of this key was sent. */
const DUPLICATE = 409;

/** Vercel Queues as a service of calls. */
export function vercelQueue(options: VercelQueueOptions, clock: Clock = systemClock): CallService {
  const { topic, region, token, cronSecret, endpoint = `https://${region}.vercel-queue.com` } = options;
  const base = `${endpoint}/api/v3/topic/${topic}`;
  return {
    longestMs: LONGEST_MS,
    async schedule({ at, name, lane }) {
      const delaySeconds = at === undefined ? 0 : Math.max(0, Math.floor((at - clock.now()) / 1_000));
      const headers = {
        authorization: `Bearer ${await token()}`,
        "content-type": "application/json",
        "vqs-retention-seconds": String(RETENTION_SECONDS),
        ...(delaySeconds > 0 ? { "vqs-delay-seconds": String(delaySeconds) } : {}),
        ...(name === undefined ? {} : { "vqs-idempotency-key": name }),
      };
      const body = JSON.stringify({ secret: cronSecret, ...(lane === undefined ? {} : { lane }) });
      await ask("Vercel Queues", base, { method: "POST", headers, body }, [DUPLICATE]);
    },
    async receive(request) {
      const of = (name: string) => request.headers.get(name) ?? "";
      if (of("ce-type") !== PUSHED || of("ce-vqsqueuename") !== topic) return undefined;
      const { secret, lane } = await messageOf(request);
      if (!(await isSame(secret, cronSecret))) return undefined;
      const lease = `${base}/consumer/${of("ce-vqsconsumergroup")}/lease/${encodeURIComponent(of("ce-vqsreceipthandle"))}`;
      return {
        ...(lane === undefined ? {} : { lane }),
        async done() {
          await ask("Vercel Queues", lease, { method: "DELETE", headers: { authorization: `Bearer ${await token()}` } }, [404, 409]);
        },
      };
    },
  };
}

/** By digest: how long it takes tells nothing of the secret. */
async function isSame(given: unknown, secret: string): Promise<boolean> {
  return typeof given === "string" && secret !== "" && hex(await sha256(given)) === hex(await sha256(secret));
}

async function messageOf(request: Request): Promise<{ readonly secret?: string; readonly lane?: string }> {
  try {
    return ((await request.clone().json()) ?? {}) as object;
  } catch {
    return {};
  }
}
