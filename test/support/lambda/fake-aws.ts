/**
 * SQS, an event source mapping and EventBridge Scheduler as far as a wake queue sees them: delays, one-shots up to a minute late, messages that come twice,
 * and the guard that stops the seventeenth invocation that others have led to.
 * @module
 */
import type { WakeCalls } from "../../../adapters/lambda/wake-calls.ts";
import type { WakeMessage } from "../../../adapters/lambda/wake-message.ts";
import type { Clock } from "../../../src/base/clock.ts";

export interface FakeAwsOptions {
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Runs the function that the queue is mapped to, in the lineage of so many invocations. */
  invoke(event: object, hop: number): Promise<unknown>;
  /** Of the mapping. Default 8. */
  readonly maximumConcurrency?: number;
  /** As `recursiveLoop: Allow`. Default false. */
  readonly allowsLoops?: boolean;
  /** Every message is received twice, and every one-shot comes twice. Default false. */
  readonly doubles?: boolean;
}

/** A one-shot that has not come yet. */
export interface OneShot {
  readonly name: string;
  readonly fireAt: number;
  readonly message: WakeMessage;
}

export interface FakeAws {
  /** The calls, made by an invocation that so many have led to. */
  calls(hop: number): WakeCalls;
  /** What was sent, with its delay. */
  readonly sent: readonly { readonly message: WakeMessage; readonly delaySeconds: number }[];
  readonly oneShots: readonly OneShot[];
  /** Has a one-shot come now. */
  fire(name: string): void;
  /** The most invocations at a time. */
  readonly mostAtOnce: number;
  readonly invocations: number;
  /** The longest lineage. */
  readonly deepest: number;
  /** Invocations that were stopped as a loop. */
  readonly stopped: number;
  /** Messages that wait for their time, or for a free invocation, and invocations that run. */
  readonly busy: number;
  /** Sends nothing of what waits for its time, now or later. */
  stop(): void;
}

/** The last invocation of a lineage that is let through. */
const MOST_HOPS = 16;

export function fakeAws({ clock, random, invoke, maximumConcurrency = 8, allowsLoops = false, doubles = false }: FakeAwsOptions): FakeAws {
  const sent: { message: WakeMessage; delaySeconds: number }[] = [];
  const oneShots = new Map<string, OneShot>();
  const waiting: { readonly message: WakeMessage; readonly hop: number }[] = [];
  const timers = new Set<() => void>();
  const counts = { running: 0, mostAtOnce: 0, invocations: 0, deepest: 0, stopped: 0, delayed: 0 };
  let isOver = false;

  function after(ms: number, call: () => void): void {
    const cancel = clock.after(ms, () => {
      timers.delete(cancel);
      call();
    });
    timers.add(cancel);
  }

  function receive(message: WakeMessage, hop: number): void {
    for (let time = 0; time < (doubles ? 2 : 1); time++) waiting.push({ message, hop });
    run();
  }

  function run(): void {
    while (counts.running < maximumConcurrency) {
      const next = waiting.shift();
      if (!next) return;
      if (next.hop > MOST_HOPS && !allowsLoops) {
        counts.stopped++;
        continue;
      }
      counts.running++;
      counts.invocations++;
      counts.mostAtOnce = Math.max(counts.mostAtOnce, counts.running);
      counts.deepest = Math.max(counts.deepest, next.hop);
      const event = { Records: [{ eventSource: "aws:sqs", body: JSON.stringify(next.message) }] };
      void invoke(event, next.hop)
        .catch(() => {})
        .finally(() => {
          counts.running--;
          run();
        });
    }
  }

  function fire(name: string): void {
    const oneShot = oneShots.get(name);
    if (!oneShot) return;
    oneShots.delete(name);
    // What Scheduler sends begins a lineage.
    for (let time = 0; time < (doubles ? 2 : 1); time++) receive(oneShot.message, 1);
  }

  return {
    sent,
    get oneShots() {
      return [...oneShots.values()];
    },
    fire,
    calls: (hop) => ({
      async send(messages, delaySeconds = 0) {
        for (const message of messages) {
          sent.push({ message, delaySeconds });
          if (isOver) continue;
          counts.delayed++;
          after(delaySeconds * 1_000, () => {
            counts.delayed--;
            receive(message, hop + 1);
          });
        }
      },
      async oneShot(name, fireAt, message) {
        if (oneShots.has(name)) return false;
        oneShots.set(name, { name, fireAt, message });
        // Its precision is a minute.
        after(Math.max(0, fireAt - clock.now()) + Math.floor(random() * 60_000), () => fire(name));
        return true;
      },
    }),
    get mostAtOnce() {
      return counts.mostAtOnce;
    },
    get invocations() {
      return counts.invocations;
    },
    get deepest() {
      return counts.deepest;
    },
    get stopped() {
      return counts.stopped;
    },
    stop() {
      isOver = true;
      for (const cancel of timers) cancel();
      timers.clear();
      counts.delayed = 0;
    },
    get busy() {
      return counts.delayed + waiting.length + counts.running;
    },
  };
}
