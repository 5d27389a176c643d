/**
 * Starts ticks over a queue of SQS, now or after a delay; at a later time by EventBridge Scheduler, whose one-shots are named by what they are for, so that
 * none is armed twice.
 *
 * A one-shot comes up to a minute late (Scheduler's precision is 60 seconds), therefore it is set a minute early, and the rest is a delay in the queue.
 * @module
 */
import type { Clock } from "../../src/base/clock.ts";
import { laneName } from "../../src/wake/named-lanes.ts";
import type { CallEngine } from "../../src/wake/named-ledger.ts";
import type { WakeCalls } from "./wake-calls.ts";

export interface WakeQueue extends CallEngine {
  /** Sends a message again, for what is left until its time. */
  putOff(at: number): Promise<void>;
}

const MINUTE_MS = 60_000;
/** What is due later is a one-shot's; until then it is a delay in the queue. */
const FAR_MS = 2 * MINUTE_MS;
/** The longest delay of a message (SQS). */
const LONGEST_DELAY_SECONDS = 900;

/** A queue over calls to AWS. */
export function wakeQueue({ send, oneShot }: WakeCalls, clock: Clock): WakeQueue {
  /** Less than a second too early, which a tick waits for. */
  const secondsUntil = (at: number) => Math.min(LONGEST_DELAY_SECONDS, Math.max(0, Math.floor((at - clock.now()) / 1_000)));
  const delayed = (at: number, lane?: string) => send([{ source: "mayfly.wake", at, ...(lane ? { lane } : {}) }], secondsUntil(at));

  return {
    start: (lanes) => send(lanes.map((lane) => ({ source: "mayfly.wake", lane }))),
    putOff: (at) => delayed(at, laneName({ number: 0, of: 1, hop: 1 })),
    async arm(at) {
      if (at - clock.now() > FAR_MS) {
        const minute = Math.floor(at / MINUTE_MS) * MINUTE_MS;
        await oneShot(timeName(minute, 16), minute - MINUTE_MS, { source: "mayfly.wake", at: minute });
        return;
      }
      // Its name keeps others from sending a message, too; and it comes a minute later, should the message not be sent.
      if (await oneShot(timeName(at, 19), at + MINUTE_MS, { source: "mayfly.wake", at })) await delayed(at);
    },
  };
}

/** As far as it is written, without what names may not have. */
function timeName(at: number, length: number): string {
  return new Date(at).toISOString().slice(0, length).replaceAll(":", "-");
}
