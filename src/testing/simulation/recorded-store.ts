/**
 * A store that writes down what is asked of it and what it answers.
 * @module
 */
import type { NewJob } from "../../store/new-job.ts";
import type { Store } from "../../store/store.ts";
import { append, type Record } from "./record.ts";
import type { VirtualTime } from "./virtual-time.ts";

export function recordedStore(store: Store, record: Record, time: VirtualTime): Store {
  const ask = (jobs: readonly NewJob[]) => {
    for (const job of jobs) record.asked.set(job.id, job);
  };
  const tell = (id: string, outcome: string) => {
    record.told.set(id, (record.told.get(id) ?? new Set()).add(outcome));
  };
  return {
    ...store,
    async enqueue(jobs, options) {
      ask(jobs);
      const replies = await store.enqueue(jobs, options);
      for (const { id, outcome } of replies) tell(id, outcome);
      return replies;
    },
    async fireSchedules(application, fires, options) {
      for (const { name, jobs } of fires) {
        ask(jobs);
        for (const { id, runAt } of jobs) record.ticks.set(id, { schedule: name, at: Date.parse(runAt ?? "") });
      }
      return await store.fireSchedules(application, fires, options);
    },
    async turn(turn, options) {
      const reply = await store.turn(turn, options);
      record.claimed.set(turn.claimId, new Set(reply.jobs.map(({ id }) => id)));
      return reply;
    },
    async cancel(id, options) {
      if (!record.cancelled.has(id)) record.cancelled.set(id, []);
      const outcome = await store.cancel(id, options);
      append(record.cancelled, id, { at: time.now, outcome });
      return outcome;
    },
    async retry(id, newId, options) {
      const job = record.asked.get(id);
      if (job) ask([{ ...job, id: newId, delayMs: null, runAt: null }]);
      const result = await store.retry(id, newId, options);
      if (result.outcome === "enqueued") {
        const successor = result.id ?? newId;
        tell(successor, result.outcome);
        record.retried.set(id, (record.retried.get(id) ?? new Set()).add(successor));
      }
      return result;
    },
  };
}
