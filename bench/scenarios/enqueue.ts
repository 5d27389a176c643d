/**
 * Enqueueing: 1,000 a call, and one a call from one or many at once.
 * @module
 */
import { contenderOf, contenders } from "../contenders/index.ts";
import { openMeter } from "../cost.ts";
import { type Figures, peerRatios } from "../figures.ts";
import { type Payload, payloadsOf } from "../payloads.ts";
import { openFor } from "../process-jobs.ts";
import { type Options, type Scenario, scaled } from "../scenario.ts";

const PER_CALL = 1_000;

/** Calls of 1,000, one after the other. */
export const enqueueMany: Scenario = {
  name: "enqueue-many",
  ratios: peerRatios,
  cases: (scale) => [
    { name: "1,000 a call, 20 B", subjects: contenders, options: { calls: scaled(100, scale), perCall: PER_CALL, callers: 1, bytes: 20 } },
  ],
  measure: enqueue,
};

/** One a call; the pool has a connection for each caller. */
export const enqueueOne: Scenario = {
  name: "enqueue-one",
  ratios: peerRatios,
  cases: (scale) =>
    [1, 16].map((callers) => ({
      name: `${callers} at a time, 20 B`,
      subjects: contenders,
      options: { calls: scaled(callers === 1 ? 3_000 : 12_000, scale, callers), perCall: 1, callers, bytes: 20 },
    })),
  measure: enqueue,
};

async function enqueue(url: string, subject: string, options: Options): Promise<Figures> {
  const [calls, perCall, callers] = [Number(options.calls), Number(options.perCall), Number(options.callers)];
  const contender = contenderOf(subject);
  const queue = await openFor(contender, url, contender.small, { connections: callers });
  const payload = payloadsOf(Number(options.bytes));
  const call = (payloads: readonly [Payload, ...Payload[]]) => (perCall === 1 ? queue.enqueue(payloads[0]) : queue.enqueueMany(payloads));
  const takeTurns = async (count: number) => {
    let left = count;
    const caller = async () => {
      while (left-- > 0) await call([payload(), ...Array.from({ length: perCall - 1 }, payload)]);
    };
    await Promise.all(Array.from({ length: callers }, caller));
  };
  await takeTurns(Math.ceil(calls / 5));
  const meter = await openMeter(url);
  const figures = await meter.measure(calls * perCall, () => takeTurns(calls));
  await Promise.all([meter.close(), queue.close()]);
  return figures;
}
