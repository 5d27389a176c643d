/**
 * The one place that knows that something may be due earlier than consumers think: every verb that makes a job runnable goes through it.
 * @module
 */
import { type Duration, parseDuration } from "../base/durations.ts";
import { MayflyError } from "../base/errors.ts";
import { onGrid } from "../base/grid.ts";
import { show } from "../base/problems.ts";
import type { CheckedJob } from "./checked-job.ts";

/** Jobs that can run, or will be able to. */
export interface Runnable {
  /** How many can run at once. */
  readonly ready: number;
  /** Milliseconds until the first of the other jobs is due; null: all of them can run at once. */
  readonly dueInMs: number | null;
  /** Queues of the jobs that can run at once; undefined: the caller does not know them. */
  readonly queues: ReadonlySet<string> | undefined;
}

/** How a write went. `unknown`: it may have happened. */
export type WriteOutcome = "written" | "refused" | "unknown";

/** Called when the write is sent. It returns a function, which is called with the outcome once the write has ended. */
export type Announce = (runnable: Runnable) => (outcome: WriteOutcome) => void;

/** There may be work; how much, and in which queue, the caller does not know. */
export const SOME_WORK: Runnable = { ready: 1, dueInMs: null, queues: undefined };

/**
 * What somebody says is to be run, who put it in himself.
 * @throws `invalid_options`
 */
export function runnableAfter(delay: Duration | Date | undefined, now: number): Runnable {
  const inMs = delay === undefined ? 0 : delay instanceof Date ? delay.getTime() - now : parseDuration(delay);
  if (inMs === undefined || Number.isNaN(inMs))
    throw new MayflyError("invalid_options", `delay is ${show(delay)}; it is a duration such as "10m", or a date.`);
  return inMs > 0 ? { ready: 0, dueInMs: inMs, queues: undefined } : SOME_WORK;
}

/** This program's clock may be ahead of the database's by as much as this, and the time that the ledger is told is still not too late. */
const CLOCK_MS = 5_000;

/** Milliseconds until the job is due, by this program's clock; below one: it is. */
function dueIn({ delayMs, runAt, withinMs }: CheckedJob["job"], now: number): number {
  const inMs = runAt === null ? (delayMs ?? 0) : Date.parse(runAt) - now;
  return inMs <= 0 || withinMs === null ? inMs : Math.max(inMs, onGrid(now + inMs - CLOCK_MS, withinMs) - now);
}

/** What these jobs are to consumers, seen from now. */
export function runnableOf(jobs: readonly Pick<CheckedJob, "job">[], now: number): Runnable {
  let dueInMs: number | null = null;
  const ready = jobs.filter(({ job }) => {
    const inMs = dueIn(job, now);
    if (inMs > 0) dueInMs = Math.min(dueInMs ?? inMs, inMs);
    return inMs <= 0;
  });
  return { ready: ready.length, dueInMs, queues: new Set(ready.map(({ job }) => job.queue)) };
}

/** Writes, and announces what that makes runnable: beside the write, so that it is not forgotten by a program that dies right after it. */
export async function announced<Result>(
  announce: Announce | undefined,
  runnable: () => Runnable,
  write: () => Promise<Result>,
  isWritten: (result: Result) => boolean,
): Promise<Result> {
  const tell = announce?.(runnable());
  try {
    const result = await write();
    tell?.(isWritten(result) ? "written" : "refused");
    return result;
  } catch (error) {
    tell?.("unknown");
    throw error;
  }
}
