/**
 * What the verbs of a producer's client share.
 * @module
 */
import { MayflyError } from "../base/errors.ts";
import type { EnqueueOptions, EnqueueResult } from "../job/jobs-client.ts";
import type { CountStore, EnqueueStore, TransactionStore } from "../store/store.ts";
import type { EnqueueLimits } from "./check.ts";
import { type CheckedJob, isAnyEntered, toResult } from "./checked-job.ts";
import type { Ids } from "./enqueue-options.ts";

/** What they work with; a program that only enqueues leaves out what it does not use. */
export interface Producing<Store = EnqueueStore & TransactionStore & CountStore> {
  readonly store: Store;
  readonly limits: EnqueueLimits;
  readonly ids: Ids;
  /** Writes jobs, and has consumers woken for them. Absent: nobody is. */
  readonly announcing?:
    | (<Result>(jobs: readonly CheckedJob[], write: () => Promise<Result>, isWritten: (result: Result) => boolean) => Promise<Result>)
    | undefined;
  /** Enqueues jobs of which some have a `shouldEnqueue`. Absent: they are refused. */
  readonly decide?: ((store: EnqueueStore & CountStore, checked: readonly CheckedJob[]) => Promise<EnqueueResult[]>) | undefined;
  /** Where in the program the verb was called. Absent: nobody knows. */
  readonly callSite?: ((verb: (...args: never[]) => unknown) => string | undefined) | undefined;
}

/** Enqueues jobs that passed every check. */
export async function enqueueChecked({ store, decide, announcing }: Producing, checked: readonly CheckedJob[]): Promise<EnqueueResult[]> {
  const ruled = checked.find(({ definition }) => definition.shouldEnqueue);
  if (ruled && !decide) {
    const message = `${ruled.definition.name} has a shouldEnqueue, which this producer leaves out. Make it with createProducer(...).with(rules).`;
    throw new MayflyError("invalid_config", message);
  }
  const write = () => (ruled && decide ? decide(store, checked) : enqueueAll(store, checked));
  return await (announcing ? announcing(checked, write, isAnyEntered) : write());
}

/** Enqueues jobs of which none has a `shouldEnqueue`. */
async function enqueueAll(store: EnqueueStore, checked: readonly CheckedJob[]): Promise<EnqueueResult[]> {
  const replies = await store.enqueue(checked.map(({ job }) => job));
  return replies.map((reply, index) => toResult(reply, checked[index]?.ownId));
}

export function withSource(options: EnqueueOptions | undefined, source: string | undefined): EnqueueOptions {
  return source === undefined ? (options ?? {}) : { source, ...options };
}
