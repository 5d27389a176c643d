/**
 * What all shards together answer an operator, as far as they can be asked.
 */
import type { Mayfly } from "mayfly";
import { envOf, type ShardEnv, shards } from "./shards.ts";

type Operator = ReturnType<Mayfly<ShardEnv>["operator"]>;
type QueueStats = Awaited<ReturnType<Operator["stats"]>>["queues"][number];

export interface Answers<Answer> {
  readonly answers: readonly Answer[];
  /** The shards that could not be asked. */
  readonly missing: readonly string[];
}

/** Asks each of them. */
export async function askAll<Answer>(env: object, question: (operator: Operator) => Promise<Answer>): Promise<Answers<Answer>> {
  const asked = await Promise.allSettled(shards.map(async (shard) => await question(shard.mayfly.operator(envOf(env, shard)))));
  return {
    answers: asked.flatMap((one) => (one.status === "fulfilled" ? [one.value] : [])),
    missing: shards.flatMap(({ name }, at) => (asked[at]?.status === "rejected" ? [name] : [])),
  };
}

/** A list of each as one list, by a time of theirs, the latest first. */
export function merge<Item>(pages: readonly { readonly items: readonly Item[] }[], time: (item: Item) => string): Item[] {
  return pages.flatMap(({ items }) => items).toSorted((one, other) => (time(one) < time(other) ? 1 : -1));
}

/** The statistics of each queue, added up. */
export function addUp(all: readonly (readonly QueueStats[])[]): Record<string, Record<string, number>> {
  const sums: Record<string, Record<string, number>> = {};
  for (const { queue, pausedAt: _, ...counts } of all.flat()) {
    const sum = sums[queue] ?? {};
    sums[queue] = sum;
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
  }
  return sums;
}
