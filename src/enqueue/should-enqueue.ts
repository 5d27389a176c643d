/**
 * `shouldEnqueue`: read the counts, let the rule decide, and enqueue only while no count has grown since. Two round trips, and
 * another whenever a count has grown meanwhile.
 * @module
 */
import { MayflyError } from "../base/errors.ts";
import type { EnqueueResult } from "../job/jobs-client.ts";
import type { CountStore, EnqueueStore, LiveCount } from "../store/store.ts";
import { type CheckedJob, toResult } from "./checked-job.ts";

/** Refusals in a row after which the enqueue gives up. */
const TRIES = 5;

/** Enqueues jobs of which at least one has a `shouldEnqueue`. */
export async function decide(store: EnqueueStore & CountStore, checked: readonly CheckedJob[]): Promise<EnqueueResult[]> {
  const results = new Map<CheckedJob, EnqueueResult>();
  let open = checked;
  let counts = await countLive(store, checked);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const { asked, skipped } = await askWith(open, counts);
    for (const one of skipped) results.set(one, { id: one.job.id, outcome: "skipped" });
    if (asked.length === 0) break;
    const replies = await store.enqueue(asked.map(({ job }) => job));
    counts = new Map();
    const refused: CheckedJob[] = [];
    replies.forEach((reply, index) => {
      const one = asked[index]?.checked;
      if (!one) throw new TypeError("an enqueue answered more jobs than it was asked for");
      if (reply.outcome !== "conflict") {
        results.set(one, toResult(reply, one.ownId));
        return;
      }
      refused.push(one);
      counts.set(groupOf(one), { pending: reply.pending ?? 0, running: reply.running ?? 0 });
    });
    open = refused;
    if (open.length === 0) break;
  }
  if (results.size < checked.length) {
    const ids = open.map(({ job }) => job.id).join(", ");
    throw new MayflyError(
      "contended",
      `Others were faster ${TRIES} times in a row: not enqueued are ${ids}. Enqueue them again with the same ids.`,
    );
  }
  return checked.map((one) => results.get(one) as EnqueueResult);
}

/** Jobs whose rule has been asked. */
export interface Asked {
  /** Jobs to enqueue, each with the counts that its rule decided on. */
  readonly asked: readonly { readonly checked: CheckedJob; readonly job: CheckedJob["job"] }[];
  readonly skipped: readonly CheckedJob[];
}

/** Asks each job's rule, where it has one; one round trip then, else none. */
export async function ask(store: CountStore, checked: readonly CheckedJob[]): Promise<Asked> {
  const counts = checked.some(({ definition }) => definition.shouldEnqueue)
    ? await countLive(store, checked)
    : new Map<string, LiveCount>();
  return await askWith(checked, counts);
}

async function askWith(open: readonly CheckedJob[], counts: Map<string, LiveCount>): Promise<Asked> {
  const asked: Asked["asked"][number][] = [];
  const skipped: CheckedJob[] = [];
  for (const checked of open) {
    const { definition, job } = checked;
    if (!definition.shouldEnqueue) {
      asked.push({ checked, job });
      continue;
    }
    const group = groupOf(checked);
    const { pending, running } = counts.get(group) ?? { pending: 0, running: 0 };
    if (await definition.shouldEnqueue({ pending, running, key: job.key })) {
      asked.push({ checked, job: { ...job, expect: { pending, running } } });
      // The next job of this batch is counted after this one.
      counts.set(group, { pending: pending + 1, running });
    } else {
      skipped.push(checked);
    }
  }
  return { asked, skipped };
}

async function countLive(store: CountStore, checked: readonly CheckedJob[]): Promise<Map<string, LiveCount>> {
  const groups = new Map(
    checked
      .filter(({ definition }) => definition.shouldEnqueue)
      .map((one) => [groupOf(one), { name: one.job.name, key: one.job.key }] as const),
  );
  const counts = await store.liveCounts([...groups.values()]);
  return new Map([...groups.keys()].map((group, index) => [group, counts[index] ?? { pending: 0, running: 0 }]));
}

function groupOf({ job }: CheckedJob): string {
  return JSON.stringify([job.name, job.key]);
}
