/**
 * A steady stream of jobs while another connection holds an old snapshot, so that no dead row can be cleaned away.
 * @module
 */
import pgClient from "pg";
import { contenderOf, contenders } from "../contenders/index.ts";
import { byOwn, type Figures } from "../figures.ts";
import type { Payload } from "../payloads.ts";
import { openFor } from "../process-jobs.ts";
import { type Scenario, scaled } from "../scenario.ts";
import { perSecond, quantile } from "../statistics.ts";

const EVERY_MS = 50;
const WARM_UP_MS = 1_000;
const RATE = 2_000;
const SECONDS = 600;

/** The contenders one after the other, each woken by notifications. A job waits from just before it is enqueued until its handler runs. */
export const oldSnapshot: Scenario = {
  name: "old-snapshot",
  ratios: {
    "jobs/s, last by first tenth": byOwn("jobs/s, last", "jobs/s, first"),
    "p99, last by first tenth": byOwn("p99 wait ms, last", "p99 wait ms, first"),
  },
  mostRounds: 1,
  cases: (scale) => [{ name: `${RATE} jobs/s`, subjects: contenders, options: { rate: RATE, seconds: scaled(SECONDS, scale) } }],
  async measure(url, subject, { rate, seconds }) {
    const contender = contenderOf(subject);
    const queue = await openFor(contender, url, contender.fastest, { listen: true });
    const snapshot = new pgClient.Client(url);
    await snapshot.connect();
    await snapshot.query("begin isolation level repeatable read");
    await snapshot.query("select count(*) from pg_class");

    const spanMs = Number(seconds) * 1_000;
    let startedAt = Number.NaN;
    let jobs = 0;
    const [first, last]: [number[], number[]] = [[], []];
    const stop = await queue.work(({ text }) => {
      const now = performance.now();
      jobs++;
      if (now - startedAt < spanMs / 10) first.push(now - Number(text));
      else if (now - startedAt >= (spanMs * 9) / 10 && now - startedAt < spanMs) last.push(now - Number(text));
    });
    const send = (count: number) => queue.enqueueMany(Array<Payload>(count).fill({ text: String(performance.now()) }));
    await produce(Number(rate), WARM_UP_MS, send);
    startedAt = performance.now();
    await produce(Number(rate), spanMs, send);
    await stop();
    await snapshot.query("rollback");
    await Promise.all([snapshot.end(), queue.close()]);
    return { ...figuresOf(first, last, spanMs / 10), jobs };
  },
};

/** As many as are due by now, every so often. One that takes long to enqueue makes the next batch larger. */
async function produce(rate: number, spanMs: number, enqueue: (count: number) => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  for (let sent = 0; ; ) {
    const elapsed = performance.now() - startedAt;
    if (elapsed >= spanMs) return;
    const count = Math.min(1_000, Math.floor((elapsed / 1_000) * rate) - sent);
    if (count > 0) await enqueue(count);
    sent += Math.max(0, count);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, EVERY_MS - (performance.now() - startedAt - elapsed))));
  }
}

function figuresOf(first: readonly number[], last: readonly number[], windowMs: number): Figures {
  return {
    "jobs/s, last": perSecond(last.length, windowMs),
    "jobs/s, first": perSecond(first.length, windowMs),
    "p99 wait ms, last": quantile(last, 0.99),
    "p99 wait ms, first": quantile(first, 0.99),
  };
}
