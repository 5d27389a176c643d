/**
 * Who enqueues: every kind of job, at an even pace, and again under the same id until there is an answer.
 * @module
 */
import pgClient from "pg";
import { systemClock } from "../../src/app/system-clock.ts";
import { createIdSource } from "../../src/base/ids.ts";
import type { JobsClient } from "../../src/job/jobs-client.ts";
import { pg } from "../../src/postgres/driver/pg.ts";
import type { Random } from "../support/random.ts";
import { chain, chaosMayfly, final, flaky, free, hooked, keyed, limited, plain, row } from "./app.ts";

export interface Producer {
  /** Job id to the answer to its enqueue. */
  readonly told: ReadonlyMap<string, string>;
  /** Job id to the id of the job that its handler enqueues. */
  readonly children: ReadonlyMap<string, string>;
  /** Calls that failed and were sent again, by SQLSTATE, or else by the error's code. */
  readonly refused: ReadonlyMap<string, number>;
  /** Enqueues so many over so long. */
  produce(count: number, ms: number): Promise<void>;
  close(): Promise<void>;
}

const newId = createIdSource(systemClock);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const ROUND_MS = 100;

export function producer(url: string, random: Random): Producer {
  const pool = new pgClient.Pool({ connectionString: url, max: 8, connectionTimeoutMillis: 5_000 });
  const jobs = chaosMayfly(() => pg(pool)).connect({});
  const told = new Map<string, string>();
  const children = new Map<string, string>();
  const refused = new Map<string, number>();

  async function insist(id: string, call: () => Promise<{ readonly outcome: string }>): Promise<void> {
    for (;;) {
      try {
        told.set(id, (await call()).outcome);
        return;
      } catch (error) {
        const { sqlState, code } = error as { readonly sqlState?: string; readonly code?: string };
        const reason = sqlState ?? code ?? String(error);
        refused.set(reason, (refused.get(reason) ?? 0) + 1);
        await pause(100 + random.below(200));
      }
    }
  }

  return {
    told,
    children,
    refused,
    async produce(count, ms) {
      const begin = performance.now();
      const calls = new Set<Promise<void>>();
      for (let sent = 0; sent < count; await pause(ROUND_MS)) {
        const due = Math.min(count, Math.ceil((count * (performance.now() - begin)) / ms));
        for (; sent < due; sent++) {
          const id = newId();
          const call = insist(id, enqueueOne(jobs, id, children, random)).finally(() => calls.delete(call));
          calls.add(call);
        }
      }
      await Promise.all(calls);
    },
    close: () => pool.end(),
  };
}

type Even = typeof plain | typeof final | typeof flaky | typeof hooked | typeof free;

/** Of a random kind; the same however often it is called. */
function enqueueOne(
  jobs: JobsClient,
  id: string,
  children: Map<string, string>,
  random: Random,
): () => Promise<{ readonly outcome: string }> {
  // Some are long enough to be killed.
  const ms = random.below(random.chance(0.2) ? 1_500 : 60);
  const key = `k${random.below(6)}`;
  const kind = random.below(20);
  if (kind < 2) return () => jobs.enqueue(keyed, { ms, key }, { id });
  if (kind < 5) return () => jobs.enqueue(limited, { ms, key }, { id });
  if (kind < 7) {
    const child = newId();
    children.set(id, child);
    return () => jobs.enqueue(chain, { ms, child }, { id });
  }
  if (kind < 9) return () => jobs.enqueue(row, { ms }, { id });
  if (kind < 10) return () => jobs.enqueue(plain, { ms }, { id, delay: random.below(1_500) });
  const one = random.pick<Even>([plain, final, flaky, hooked, free]);
  return () => jobs.enqueue(one, { ms }, { id });
}
