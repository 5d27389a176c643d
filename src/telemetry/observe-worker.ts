/**
 * Gauges of a worker that lives long enough to be asked.
 * @module
 */
import { currentMeter } from "./scope.ts";

export interface WorkerState {
  slots(): number;
  /** Slots taken. */
  running(): number;
}

/** Observes a worker until the function that it answers is called. */
export function observeWorker({ slots, running }: WorkerState): () => void {
  const meter = currentMeter();
  if (!meter) return () => {};
  const gauge = (name: string, description: string) => meter.createObservableGauge(name, { description, unit: "{job}" });
  const all = gauge("mayfly.worker.slots", "Jobs that this worker can run at a time. Aggregate: sum over workers");
  const taken = gauge("mayfly.worker.slots.used", "Jobs that this worker runs now. Aggregate: sum over workers");
  const observed: [typeof all, () => number][] = [
    [all, slots],
    [taken, running],
  ];
  const stops = observed.map(([instrument, value]) => {
    const observe: Parameters<typeof instrument.addCallback>[0] = (result) => result.observe(value());
    instrument.addCallback(observe);
    return () => instrument.removeCallback(observe);
  });
  return () => {
    for (const stop of stops) stop();
  };
}
