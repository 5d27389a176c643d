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
/** How long a connection may take to open. */
const OPEN_MS = 10_000;
/** How long a notification to itself may take: a pooler may accept LISTEN and never pass anything on, a connection may have died without a word. */
const PROOF_MS = 5_000;
/** Between two of them: a connection that has gone silent is noticed within a minute. */
const PROOF_EVERY_MS = 30_000;
/** A dead connection may never confirm its end. */
const END_MS = 1_000;

/** Listens with clients of this kind, a new one each time a connection is lost. */
export function listenWith(connect: () => ListenClient): Listen {
  return ({ queues, wakeSignal, clock, logger }) => {
    const over = new AbortController();
    let listening = false;

    async function listenOnce(): Promise<void> {
      const client = connect();
      const gone = new AbortController();
      client.on("error", (error) => gone.abort(error));
      client.on("end", () => gone.abort(new Error("The connection ended.")));
      const signal = AbortSignal.any([over.signal, gone.signal]);
      let heard = () => {};
      client.on("notification", ({ payload = "" }) => {
        // As `mayfly.notify_ready` writes it; empty: sent by a worker to itself.
        const space = payload.indexOf(" ");
        if (payload === "") heard();
        else if (queues.includes(payload.slice(space + 1))) wakeSignal.wake(Number(payload.slice(0, space)));
      });
      /** Whether the call is answered in time. A client whose connection ends may leave its calls without an answer for ever. */
      const isAnswered = async (call: () => Promise<unknown>, ms: number): Promise<boolean> => {
        gone.signal.throwIfAborted();
        const inTime = await Promise.race([call().then(() => true), clock.sleep(ms, signal).then(() => false)]);
        gone.signal.throwIfAborted();
        return inTime;
      };
      const open = async () => {
        await client.connect();
        await client.query("listen mayfly_ready");
      };
      const prove = async () => {
        const proof = new Promise<void>((resolve) => {
          heard = resolve;
        });
        await client.query("select pg_notify('mayfly_ready', '')");
        await proof;
      };
      try {
        if (!(await isAnswered(open, OPEN_MS))) throw new Error(`The database gave no answer within ${OPEN_MS / 1_000} s.`);
        if (!(await isAnswered(prove, PROOF_MS))) {
          if (!over.signal.aborted) logger.warn("the connection passes no notifications on; new jobs are polled for");
          return;
        }
        setListening(true);
        while (!over.signal.aborted) {
          await clock.sleep(PROOF_EVERY_MS, signal);
          if (!over.signal.aborted && !(await isAnswered(prove, PROOF_MS))) throw new Error("The connection is silent.");
        }
      } finally {
        setListening(false);
        const ended = new AbortController();
        await Promise.race([client.end().catch(() => {}), clock.sleep(END_MS, ended.signal)]);
        ended.abort();
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
        await ended;
      },
    };
  };
}
