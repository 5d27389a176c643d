/**
 * The ledger: what is remembered outside Postgres of when something may be due, so that nothing ready waits for a cron and an idle database is not asked.
 * It is a guess that may only be too early: a consumer that is started for nothing costs a query, one that is not started costs an hour.
 * @module
 */

/** A consumer that is at work, or about to be, for at most so long. The end of a lease that nobody has settled starts another consumer. */
export interface Lease {
  readonly consumer: string;
  readonly forMs: number;
}

/**
 * Jobs have been put in, or can run earlier than was known.
 *
 * Whoever puts jobs in sends one beside the write, with a lease: its end is a look, should the program die before it has told how the write went. Who runs
 * the jobs itself, as far as they are ready, keeps the lease while it does, and settles with what it found:
 * `wake({ written: false, ready: 3, dueInMs: null, lease: { consumer: "enqueue-7f", forMs: 30_000 } })`, then
 * `settle({ consumer: "enqueue-7f", epoch, end: finding })`
 *
 * Who does not run them gives it back once they are written: with `written`, so that a lane starts at once; and where they are delayed, with `nothing`,
 * after it has told of their time once more, since a consumer that looked before the write may have pushed that back:
 * `wake({ written: false, ready: 0, dueInMs: 5_000, lease })`, then `wake({ written: true, ready: 0, dueInMs: 5_000, lease: null })` and
 * `settle({ consumer: lease.consumer, epoch: -1, end: "nothing" })`
 *
 * A consumer whose jobs run on tells of what it will not take itself, and has not told of yet: of a time after it has stopped claiming at which something
 * is due, `wake({ written: true, ready: 0, dueInMs, lease: null })`; and, once its slots have been full for a second or its time to claim is over, that
 * there may be ready jobs, `wake({ written: true, ready: 1, dueInMs: null, lease: null })`. Where it does not, those wait for its end, or for a cron.
 *
 * A consumer that has no end says again and again that it is at work, which is no news and raises no epoch:
 * `wake({ written: true, ready: 0, dueInMs: null, lease: { consumer: "container-7f", forMs: 45_000 } })`
 */
export interface Wake {
  /** False: sent beside the write, so that it may come before the jobs can be seen. Without a lease the ledger keeps one for it, whose end is a look. */
  readonly written: boolean;
  /** Jobs that can run at once. */
  readonly ready: number;
  /** Milliseconds until the first of the other jobs is due; null: all of them can run at once. */
  readonly dueInMs: number | null;
  /** Whoever works on them, or writes them; null: nobody does, so a lane is started. */
  readonly lease: Lease | null;
}

/** Which schedules and which schema a consumer looks with. */
export interface Deployment {
  /** Its name, as of `createMayfly`. */
  readonly application: string;
  /** Another one wherever the schedules or the schema are others. */
  readonly version: string;
}

/** What a consumer found when it looked at the queue for the last time. */
export interface Finding {
  /** Milliseconds until something is due; null: nothing is known to be. */
  readonly nextInMs: number | null;
  /** It stopped while there was, or may have been, work left. */
  readonly left: boolean;
  /** Jobs that it claimed. */
  readonly claimed: number;
  /** How long it was at work, in milliseconds; null: it has waited for jobs in between. */
  readonly busyMs: number | null;
  /** Jobs that it ran at a time. */
  readonly slots: number;
  /** What it looked with; null: it did not look at schedules. */
  readonly deployment: Deployment | null;
}

/**
 * How a lease ended: with what its consumer found.
 * - `unreachable`: it could not ask the database
 * - `refused`: the database had no room for another connection
 * - `written`: it did not look, but put jobs in that nobody works on
 * - `nothing`: it neither looked nor put anything in
 */
export type ConsumerEnd = Finding | "unreachable" | "refused" | "written" | "nothing";

export interface Settle {
  readonly consumer: string;
  /** As the ledger answered to its wake or ask, or told it at its start: it knew of every wake up to this one when it looked. Below 0: of none. */
  readonly epoch: number;
  readonly end: ConsumerEnd;
}

/** A cron asks whether it has to look. */
export interface Ask {
  readonly lease: Lease;
  /** Its own. */
  readonly deployment: Deployment;
}

export interface AskReply {
  readonly look: boolean;
  readonly epoch: number;
}

/** Why a consumer was started. */
export type Cause = "wake" | "due" | "left" | "lost" | "safety" | "deployment" | "unannounced";

/** A ledger, wherever it is. Every verb may fail; whoever cannot reach it has to look at the queue. */
export interface Ledger {
  wake(wake: Wake): Promise<{ readonly epoch: number }>;
  settle(settle: Settle): Promise<void>;
  due(ask: Ask): Promise<AskReply>;
}

/** A consumer that the ledger wants started: a lane, or a callee that is to be called. */
export interface LaneStart {
  readonly lane: string;
  readonly epoch: number;
  readonly cause: Cause;
}
