/**
 * A wake ledger over any service that calls a URL at a time, for hosts that have nothing of their own that could remember when something is due.
 * @module
 */
import type { Clock } from "../../src/base/clock.ts";
import type { CallEngine } from "../../src/wake/named-ledger.ts";

/** A call that a service is asked for. */
export interface TickCall {
  /** Milliseconds since the epoch, a full second. Undefined: at once. */
  readonly at?: number;
  /** Where a call of this name was asked for already, another one is not needed. Letters, digits and hyphens. Undefined: it is needed. */
  readonly name?: string;
  /** What the call is to bring along in the header `mayfly-lane`, or as its service lets it. */
  readonly lane?: string;
}

/** A call that has come. */
export interface ReceivedCall {
  readonly lane?: string;
  /** Tells the service that it need not come again, where the answer's status does not. */
  done?(): Promise<void>;
}

/** A service that calls `POST /v1/tick`. */
export interface CallService {
  /** Resolves once the service has taken the call, or has one of this name. */
  schedule(call: TickCall): Promise<void>;
  /** How far ahead the service takes a call, in milliseconds. Default: without a limit. */
  readonly longestMs?: number;
  /** Whether a request is a call of the service's own, which needs no token. Default: none is; a call has the token of a scheduler. */
  receive?(request: Request): Promise<ReceivedCall | undefined>;
}

export interface HttpLedger {
  readonly engine: (clock: Clock) => CallEngine;
  readonly receive: (request: Request) => Promise<ReceivedCall | undefined>;
}

const HOUR_MS = 3_600_000;

/**
 * The ledger, for `fetchHandler`. Its only state is the names of calls.
 * @example
 * ```ts
 * const ledger = httpLedger(qstash({ token: env.QSTASH_TOKEN, url: "https://app.example/v1/tick", signingKeys: [env.QSTASH_CURRENT_SIGNING_KEY] }));
 * export default { fetch: fetchHandler(mayfly, { handlers, ledger }) };
 * ```
 */
export function httpLedger(service: CallService): HttpLedger {
  const { longestMs = Number.POSITIVE_INFINITY } = service;
  return {
    engine: (clock) => ({
      async start(lanes) {
        await Promise.all(lanes.map((lane) => service.schedule({ lane })));
      },
      async arm(at) {
        // Who comes then finds nothing, and arms the rest. At a full hour, so that it has the same name for all.
        const latest = Math.floor((clock.now() + longestMs) / HOUR_MS) * HOUR_MS;
        const time = Math.min(at, latest);
        await service.schedule({ at: time, name: `mayfly-${new Date(time).toISOString().slice(0, 19).replaceAll(":", "-")}` });
      },
    }),
    receive: async (request) => await service.receive?.(request),
  };
}

/** A request to a service: an answer that is none of those is an error. */
export async function ask(what: string, url: string, init: RequestInit, alsoTaken: readonly number[] = []): Promise<void> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(5_000) });
  const text = await response.text();
  if (!response.ok && !alsoTaken.includes(response.status)) throw new Error(`${what} answered ${response.status}: ${text.slice(0, 200)}`);
}
