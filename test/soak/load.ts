/**
 * A mixed load: one round every tenth of a second, of everything that can be asked of a queue.
 * @module
 */
import type { JobsClient } from "../../src/job/jobs-client.ts";
import type { TestDatabase } from "../support/database.ts";
import type { Random } from "../support/random.ts";
import { failing, flaky, keyed, large, limited, mayfly, paused, plain, postponed, slow } from "./app.config.ts";

const ROUND_MS = 100;

/** Goes on until it is told to stop; answers how many jobs went in. */
export async function load(database: TestDatabase, random: Random, signal: AbortSignal): Promise<number> {
  const queue = mayfly.withDriver(database.driver);
  const [jobs, operator] = [queue.connect({}), queue.operator({})];
  let count = 0;
  for (let round = 1; !signal.aborted; round++) {
    const begin = performance.now();
    count += await enqueueSome(jobs, random, round);
    if (round % 100 === 0) await operator.pauseQueue("paused");
    if (round % 100 === 50) await operator.resumeQueue("paused");
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, ROUND_MS - (performance.now() - begin))));
  }
  return count;
}

async function enqueueSome(jobs: JobsClient, random: Random, round: number): Promise<number> {
  const key = `k${random.below(20)}`;
  const answers: { readonly id: string; readonly outcome: string }[] = [await jobs.enqueue(plain, {})];
  const kind = random.below(8);
  if (kind === 0) answers.push(await jobs.enqueue(keyed, { key }));
  if (kind === 1) answers.push(await jobs.enqueue(limited, { key }), await jobs.enqueue(limited, { key }));
  if (kind === 2) answers.push(await jobs.enqueue(flaky, {}));
  if (kind === 3) answers.push(await jobs.enqueue(failing, {}));
  if (kind === 4) answers.push(await jobs.enqueue(plain, {}, { delay: random.below(5_000) }));
  if (kind === 5) answers.push(await jobs.enqueue(postponed, {}), await jobs.enqueue(paused, {}));
  if (kind === 6) answers.push(await jobs.enqueue(slow, {}), await jobs.enqueue(large, { text: "x".repeat(random.below(8_000)) }));
  if (kind === 7) {
    const { id } = await jobs.enqueue(plain, {}, { delay: "1m" });
    await jobs.cancel(id);
    answers.push({ id, outcome: "enqueued" });
  }
  if (round % 10 === 0) answers.push(...(await jobs.enqueueMany(Array.from({ length: 20 }, () => [plain, {}] as const))));
  return answers.filter(({ outcome }) => outcome === "enqueued").length;
}
