/**
 * Calls of consumers that live elsewhere: a container, or a host of Web requests.
 * @module
 */
import type { Logger } from "../../src/base/logger.ts";
import type { LaneStart } from "../../src/wake/ledger.ts";

/** Where a consumer can be called. */
export interface CalleeAddress {
  /** Of a container `POST /wake`, such as "https://worker.example/wake". */
  readonly url: string;
  /** What is sent as a bearer token: that with which the consumer tells the ledger. */
  readonly token: string;
}

/** Calls it, and answers whether it has taken the call within so many milliseconds. */
export async function isCalled(
  { url, token }: CalleeAddress,
  { lane, epoch }: LaneStart,
  { withinMs, logger }: { readonly withinMs: number; readonly logger: Logger },
): Promise<boolean> {
  try {
    const headers = { authorization: `Bearer ${token}`, "mayfly-lane": lane, "mayfly-epoch": String(epoch) };
    const response = await fetch(url, { method: "POST", headers, signal: AbortSignal.timeout(withinMs) });
    await response.body?.cancel();
    if (!response.ok) logger.warn("a consumer did not take the ledger's call", { url, status: response.status });
    return response.ok;
  } catch (error) {
    logger.warn("a consumer cannot be called", { url, error });
    return false;
  }
}
