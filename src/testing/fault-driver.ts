/**
 * A driver on a bad network: requests and replies get lost, come twice, or late.
 * @module
 */
import type { Driver } from "../postgres/driver/driver.ts";
import { DriverError } from "../postgres/driver/errors.ts";

/**
 * What happens to one call.
 * - `drop-request`: it is never sent; the caller cannot tell
 * - `drop-reply`: it is done, but the caller is not told
 * - `duplicate`: it is sent twice at once; the caller hears one answer
 * - `abandon`: it is sent, and while it still runs the caller is told that there is no answer
 * - `hold`: the caller is told nothing, and the call is sent only when the test calls `release`
 * - `delay`: it is sent once `until` resolves
 */
export type Fault =
  | { readonly kind: "drop-request" }
  | { readonly kind: "drop-reply" }
  | { readonly kind: "duplicate" }
  | { readonly kind: "abandon" }
  | { readonly kind: "hold" }
  | { readonly kind: "delay"; readonly until: Promise<unknown> };

export interface FaultDriver extends Driver {
  /** Calls made so far, the faulty ones included. */
  readonly calls: number;
  /** Sends what was held; resolves when that and all that was abandoned has run, with what came of each. */
  release(): Promise<PromiseSettledResult<unknown>[]>;
}

/** Passes calls on to `driver`, except for those that `plan` has a fault for. The first call is number 1. */
export function injectFaults(driver: Driver, plan: (call: number) => Fault | undefined): FaultDriver {
  let calls = 0;
  let held: (() => Promise<unknown>)[] = [];
  let abandoned: Promise<unknown>[] = [];

  async function pass<T>(send: () => Promise<T>): Promise<T> {
    const fault = plan(++calls);
    switch (fault?.kind) {
      case undefined:
        return await send();
      case "drop-request":
        throw lost();
      case "drop-reply":
        await send();
        throw lost();
      case "duplicate": {
        const [first, second] = await Promise.allSettled([send(), send()]);
        if (first.status === "fulfilled") return first.value;
        if (second.status === "fulfilled") return second.value;
        throw first.reason;
      }
      case "abandon": {
        const running = send();
        running.catch(() => {});
        abandoned.push(running);
        throw lost();
      }
      case "hold":
        held.push(send);
        throw lost();
      case "delay":
        await fault.until;
        return await send();
    }
  }

  return {
    get calls() {
      return calls;
    },
    release() {
      const rest = [...abandoned, ...held.map((send) => send())];
      abandoned = [];
      held = [];
      return Promise.allSettled(rest);
    },
    query: (statement, options) => pass(() => driver.query(statement, options)),
    transaction: (statements, options) => pass(() => driver.transaction(statements, options)),
  };
}

function lost(): DriverError {
  return new DriverError("unknown", "The reply was lost (an injected fault); the statement may have run.");
}
