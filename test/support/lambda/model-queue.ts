/**
 * A queue in memory with ticks by way of a wake queue, all in virtual time: what would take hours takes milliseconds.
 * @module
 */
import { createQueueTicks, type QueueTicks } from "../../../adapters/lambda/queue-ticks.ts";
import { wakesOf } from "../../../adapters/lambda/wake-message.ts";
import { wakeQueue } from "../../../adapters/lambda/wake-queue.ts";
import type { Consumer } from "../../../src/app/consumer.ts";
import type { InvocationContext } from "../../../src/app/create-mayfly.ts";
import type { TickReport } from "../../../src/worker/tick.ts";
import { noCounts } from "../../../src/worker/turn-counts.ts";
import { seeded } from "../random.ts";
import { virtualClock } from "../virtual-clock.ts";
import { recordingLogger } from "../worker.ts";
import { type FakeAwsOptions, fakeAws } from "./fake-aws.ts";

export interface ModelOptions extends Pick<FakeAwsOptions, "allowsLoops" | "doubles" | "maximumConcurrency"> {
  /** Jobs that a tick runs at a time. */
  readonly slots: number;
  readonly claimForMs: number;
  readonly seed?: number;
}

const HEARTBEAT_MS = 60_000;
/** No function runs for longer. */
const TIME_OUT_MS = 900_000;

export function modelQueue({ slots, claimForMs, seed = 1, ...options }: ModelOptions) {
  const clock = virtualClock();
  const logger = recordingLogger();
  /** When each is due, and how long it runs. */
  let jobs: { readonly dueAt: number; readonly ms: number }[] = [];
  const started: { readonly dueAt: number; readonly at: number }[] = [];
  let unreachableUntil = 0;
  let looks = 0;
  let kills = 0;

  async function tick(_env: unknown, given = { claimForMs, hardEndMs: TIME_OUT_MS, waitMs: 0 }): Promise<TickReport> {
    const { waitMs = 0, ...lifetime } = given as { claimForMs: number; hardEndMs: number; waitMs?: number };
    looks++;
    if (clock.now() < unreachableUntil) throw new Error("the database cannot be reached");
    const endAt = clock.now() + Math.min(lifetime.claimForMs, lifetime.hardEndMs - 60_000);
    const counts = noCounts();
    const report = (left: boolean, nextInMs: number | null): TickReport =>
      ({ ...counts, left, nextInMs, expired: 0, failed: [], usage: {} }) as unknown as TickReport;
    for (;;) {
      const now = clock.now();
      const due = jobs.filter(({ dueAt }) => dueAt <= now).slice(0, slots);
      if (due.length > 0) {
        if (now >= endAt) return report(true, 0);
        jobs = jobs.filter((job) => !due.includes(job));
        for (const { dueAt } of due) started.push({ dueAt, at: now });
        counts.claimed += due.length;
        if (kills > 0) {
          kills--;
          // What it ran is rescued once its heartbeat is too old.
          clock.after(HEARTBEAT_MS, () => {
            jobs = [...jobs, ...due];
          });
          return await new Promise(() => {});
        }
        await clock.sleep(Math.max(...due.map(({ ms }) => ms)));
        continue;
      }
      if (jobs.length === 0) return report(false, null);
      const nextInMs = Math.min(...jobs.map(({ dueAt }) => dueAt)) - now;
      if (nextInMs > waitMs || now + nextInMs >= endAt) return report(false, nextInMs);
      await clock.sleep(nextInMs);
    }
  }

  const consumer = {
    slots,
    leaseMs: claimForMs + 22_000,
    deployment: { application: "model", version: "1" },
    serves: () => true,
    tick,
  } as unknown as Consumer<unknown>;

  const aws = fakeAws({
    ...options,
    clock,
    random: seeded(seed).next,
    invoke: async (event, hop) => await instance(hop).run(wakesOf(event) ?? [], TIME_OUT_MS),
  });

  /** A cold one each time: it knows of nothing that was armed before. */
  function instance(hop: number): QueueTicks<unknown> {
    const queue = wakeQueue(aws.calls(hop), clock);
    return createQueueTicks({ queue, consumer, env: undefined, claimForMs, maxWorkers: 8, clock, logger });
  }

  return {
    clock,
    aws,
    logger,
    started,
    get jobs() {
      return jobs.length;
    },
    get looks() {
      return looks;
    },
    /** Jobs are enqueued by way of a function that answers requests, by so many calls at once, or that dies as soon as they are in. */
    async enqueue(count: number, { inMs = 0, ms = 200, dies = false, calls = 1 } = {}): Promise<void> {
      const kept: Promise<unknown>[] = [];
      const context: InvocationContext = { waitUntil: (promise) => void kept.push(promise) };
      const ready = inMs > 0 ? 0 : count / calls;
      const { announce } = instance(0);
      const runnable = { ready, dueInMs: inMs > 0 ? inMs : null, queues: undefined };
      const tell = Array.from({ length: calls }, () => announce(undefined, context, runnable));
      this.putIn(count, { inMs, ms });
      if (!dies) for (const each of tell) each("written");
      while (kept.length > 0) await Promise.all(kept.splice(0));
    },
    /** Jobs get in, and nobody is told. */
    putIn(count: number, { inMs = 0, ms = 200 } = {}): void {
      jobs = [...jobs, ...Array.from({ length: count }, () => ({ dueAt: clock.now() + inMs, ms }))];
    },
    cron: () => instance(0).look("cron", { claimForMs, hardEndMs: TIME_OUT_MS }),
    /** The next tick that runs a job is killed in the middle of it, and its message does not come back. */
    killNext(): void {
      kills++;
    },
    /** The database is away for so long. */
    breakFor(ms: number): void {
      unreachableUntil = clock.now() + ms;
    },
    /** Lets so much time pass. */
    async pass(ms: number, stepMs = 100): Promise<void> {
      for (let passed = 0; passed < ms; passed += stepMs) {
        clock.advance(stepMs);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}
