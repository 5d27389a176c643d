/**
 * Ticks by way of a wake queue: each says at its end when the next is due, and starts others where it stops with work left.
 * @module
 */
import type { Consumer } from "../../src/app/consumer.ts";
import { cronTick, LEDGER_WAIT_MS } from "../../src/app/cron-tick.ts";
import type { Lifetime } from "../../src/app/lifetime.ts";
import { settleWithLedger } from "../../src/app/settle-with-ledger.ts";
import { type AnnounceIn, createWaker } from "../../src/app/waker.ts";
import type { Clock } from "../../src/base/clock.ts";
import type { Logger } from "../../src/base/logger.ts";
import { keepCalls } from "../../src/wake/left-calls.ts";
import { laneOf } from "../../src/wake/named-lanes.ts";
import { namedLedger } from "../../src/wake/named-ledger.ts";
import type { TickReport } from "../../src/worker/tick.ts";
import type { WakeMessage } from "./wake-message.ts";
import type { WakeQueue } from "./wake-queue.ts";

export interface QueueTicksOptions<Env> {
  readonly queue: WakeQueue;
  readonly consumer: Consumer<Env>;
  readonly env: Env;
  /** Of a tick that no other has led to. */
  readonly claimForMs: number;
  readonly maxWorkers: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface QueueTicks<Env> {
  readonly announce: AnnounceIn<Env>;
  /** A tick of these messages; undefined: they came too early, and were sent on. */
  run(wakes: readonly WakeMessage[], hardEndMs: number): Promise<TickReport | undefined>;
  /** A tick with a cause of its own. */
  look(name: string, lifetime: Lifetime): Promise<TickReport>;
}

/** AWS stops the seventeenth invocation that others have led to, unless the function allows it. */
const HOPS = 8;

/** Ticks over a queue. */
export function createQueueTicks<Env>(options: QueueTicksOptions<Env>): QueueTicks<Env> {
  const { queue, consumer, env, claimForMs, maxWorkers, clock, logger } = options;
  const { slots, leaseMs, deployment } = consumer;
  const ledger = keepCalls(namedLedger({ engine: queue, lanes: maxWorkers, slots, hops: HOPS, clock }));
  const newId = () => crypto.randomUUID();

  /** A function is frozen at the end of its handler. */
  async function untilSent<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } finally {
      await ledger.finished();
    }
  }

  return {
    announce: createWaker<Env>({ drains: null, ledger: () => ledger, clock, newId, logger }),

    look: (name, lifetime) =>
      untilSent(async () => (await cronTick(consumer, env, { ledger, name, lifetime, clock, logger })) as TickReport),

    run: (wakes, hardEndMs) =>
      untilSent(async () => {
        const isEarly = ({ at = 0 }: WakeMessage) => at - clock.now() > LEDGER_WAIT_MS;
        await Promise.all(wakes.filter(isEarly).map(({ at = 0 }) => queue.putOff(at)));
        const wake = wakes.find((one) => !isEarly(one));
        if (!wake) return undefined;
        const { lane = newId() } = wake;
        // Whoever goes on for long has to do so less often.
        const lifetime = { claimForMs: claimForMs * 2 ** laneOf(lane).hop, hardEndMs, waitMs: LEDGER_WAIT_MS };
        // It may be killed. A tick at a time that was armed may be such a lease's end, and begins none.
        if (wake.at === undefined) void ledger.due({ lease: { consumer: lane, forMs: leaseMs }, deployment }).catch(() => {});
        return await settleWithLedger({ ledger, consumer: lane, epoch: 0, slots, deployment: null, clock }, () =>
          consumer.tick(env, lifetime),
        );
      }),
  };
}
