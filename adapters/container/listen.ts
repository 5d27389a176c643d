/**
 * Hearing of new jobs from the database, by LISTEN, where the connection allows it.
 * @module
 */
import { backOff } from "../../src/base/back-off.ts";
import type { Clock } from "../../src/base/clock.ts";
import type { Logger } from "../../src/base/logger.ts";
import { quietly } from "../../src/telemetry/suppress.ts";
import type { WakeSignal } from "../../src/worker/wake-signal.ts";

/** The part of a `pg` client that is used. */
export interface ListenClient {
  connect(): Promise<unknown>;
  query(text: string): Promise<unknown>;
  on(event: "notification", listener: (message: { readonly payload?: string | undefined }) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  end(): Promise<unknown>;
}

export interface ListenOptions {
  readonly queues: readonly string[];
  /** Woken for a job in one of the queues, and when a notification may have been missed. */
  readonly wakeSignal: WakeSignal;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Listener {
  /** Whether a notification of a new job would arrive now. */
  readonly listening: boolean;
  close(): Promise<void>;
}

/** Starts to listen. */
export type Listen = (options: ListenOptions) => Listener;

const RETRY_MS = { first: 1_000, max: 30_000 };
/** How long the first notification, sent by itself, may take: a pooler may accept LISTEN and never pass anything on. */
const PROOF_MS = 5_000;

/** Listens with clients of this kind, a new one each time a connection is lost. */
export function listenWith(connect: () => ListenClient): Listen {
  return ({ queues, wakeSignal, clock, logger }) => {
    const over = new AbortController();
    let current: ListenClient | undefined;
    let listening = false;

    async function listenOnce(): Promise<void> {
      const client = connect();
      current = client;
      const proof = Promise.withResolvers<void>();
      const lost = new Promise<Error>((resolve) => {
        client.on("error", resolve);
        client.on("end", () => resolve(new Error("The connection ended.")));
      });
      client.on("notification", ({ payload = "" }) => {
        // As `mayfly.notify_ready` writes it; empty: sent by this worker itself.
        const space = payload.indexOf(" ");
        if (payload === "") proof.resolve();
        else if (queues.includes(payload.slice(space + 1))) wakeSignal.wake(Number(payload.slice(0, space)));
      });
      try {
        // A client that ends as it opens may leave its calls without an answer for ever.
        await Promise.race([ask(client), lost.then((error) => Promise.reject(error))]);
        await Promise.race([proof.promise.then(() => setListening(true)), lost, clock.sleep(PROOF_MS, over.signal)]);
        if (listening) await lost;
        else if (!over.signal.aborted) logger.warn("the connection passes no notifications on; new jobs are polled for");
      } finally {
        setListening(false);
        await client.end().catch(() => {});
      }
    }

    function setListening(now: boolean): void {
      listening = now;
      wakeSignal.wake();
    }

    async function keepListening(): Promise<void> {
      const retry = backOff(clock, RETRY_MS);
      while (!over.signal.aborted) {
        const startedAt = clock.now();
        await listenOnce().catch((error: Error) => {
          if (!over.signal.aborted) logger.warn("cannot listen for new jobs; they are polled for", { reason: error.message });
        });
        if (clock.now() - startedAt > RETRY_MS.max) retry.reset();
        await retry.wait(over.signal);
      }
    }

    const ended = quietly(keepListening);
    return {
      get listening() {
        return listening;
      },
      async close() {
        over.abort();
        await current?.end().catch(() => {});
        await ended;
      },
    };
  };
}

async function ask(client: ListenClient): Promise<void> {
  await client.connect();
  await client.query("listen mayfly_ready");
  await client.query("select pg_notify('mayfly_ready', '')");
}
