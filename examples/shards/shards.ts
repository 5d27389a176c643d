/**
 * One queue over two databases. Each has a queue of its own, and they know nothing of each other: one that is down stops its own share only.
 */
import { createMayfly, type Mayfly, type MayflyEnvironment } from "mayfly";
import { invoice } from "./jobs.ts";

export interface ShardEnv extends MayflyEnvironment {
  readonly DATABASE_URL: string;
}

export interface Shard {
  readonly name: string;
  readonly mayfly: Mayfly<ShardEnv>;
}

const open = (name: string): Shard => ({ name, mayfly: createMayfly<ShardEnv>({ jobs: [invoice], database: (env) => env.DATABASE_URL }) });

export const a = open("A");
export const b = open("B");
export const shards: readonly Shard[] = [a, b];

/** The same key always leads to the same shard. Another number of shards moves keys: drain first, or enqueue by the old rule until the queue is empty. */
export function shardOf(key: string): Shard {
  let hash = 0;
  for (const char of key) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return shards[hash % shards.length] as Shard;
}

/** The environment as a shard sees it: what is named for it goes by the name that Mayfly knows, as `DATABASE_URL_A` by `DATABASE_URL`. */
export function envOf(env: object, { name }: Shard): ShardEnv {
  const end = `_${name}`;
  const own = Object.entries(env).filter(([key]) => key.endsWith(end));
  return { ...env, ...Object.fromEntries(own.map(([key, value]) => [key.slice(0, -end.length), value])) } as ShardEnv;
}
