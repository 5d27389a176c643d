/**
 * What a ledger remembers: a few hundred bytes.
 * @module
 */
import type { ApplicationState } from "./applications.ts";
import type { Cause } from "./ledger.ts";

export interface LedgerSettings {
  /** Lanes at a time, at most. */
  readonly lanes: number;
  /** Consumers that live elsewhere, such as containers, and are called along with each start of lanes. */
  readonly callees: number;
  /** Jobs that a lane runs at a time. */
  readonly slots: number;
  /** How long a lane may live, with all that it claims. */
  readonly leaseMs: number;
  /** A backlog is spread over so many lanes that it takes this long. */
  readonly targetMs: number;
  /** A look without a cause, so long after the last one. */
  readonly safetyMs: number;
  /** A worker that is silent for longer is dead, and its jobs can be rescued. */
  readonly heartbeatTimeoutMs: number;
  /** A consumer is started so long before something is due, and waits for it: a database that sleeps is awake by then. */
  readonly leadMs: number;
  /** The longest that an enqueue may take, from a wake beside it to jobs that can be seen. */
  readonly writeMs: number;
}

/** A consumer that has a lease. */
export interface LeaseState {
  /** A consumer of the same name that settles with an earlier one is another. */
  readonly epoch: number;
  readonly since: number;
  readonly until: number;
  readonly cause: Cause;
}

export interface LedgerCounts {
  readonly wakes: number;
  /** Lanes that were started. */
  readonly starts: number;
  /** Calls of consumers that live elsewhere. */
  readonly calls: number;
  /** Crons that asked and did not have to look. */
  readonly spared: number;
  /** Consumers that looked and claimed nothing. */
  readonly idle: number;
  /** Leases that ended without a word. */
  readonly lost: number;
  /** Jobs that were found without a wake. */
  readonly unannounced: number;
}

/** Times are of the ledger's own clock, in milliseconds. */
export interface LedgerState {
  /** Rises with wakes and looks: what has come after a consumer was started has a higher one. */
  readonly epoch: number;
  /** When somebody is to be started for what is due, as far as is known; null: nothing is. */
  readonly nextAt: number | null;
  /** When the jobs of consumers that were lost can be rescued. Only a look at that time or later is one that they need no more. */
  readonly rescues: readonly number[];
  /** Jobs that were announced as ready, and are not known to be gone. */
  readonly pending: number;
  /** How long a job takes, as consumers have seen it. */
  readonly jobMs: number;
  readonly leases: Readonly<Record<string, LeaseState>>;
  /** A lane had to be started, and none was free. */
  readonly isLaneOwed: boolean;
  /** When lanes were last started; null: none were. */
  readonly startedAt: number | null;
  /** When a consumer last looked, or was started because somebody had to; null: none was, as far as is known. */
  readonly lookedAt: number | null;
  /** Looks in a row that failed, or found what is due and could not take it. */
  readonly failures: number;
  /** While the database has no room for more connections. */
  readonly pressure: { readonly lanes: number; readonly until: number } | null;
  /** Those that have looked, each once; the one that did last comes last. */
  readonly applications: readonly ApplicationState[];
  /** When a look last found jobs that nobody had announced. */
  readonly unannouncedAt: number | null;
  readonly counts: LedgerCounts;
}

/** A ledger that knows nothing: the first cron has to look. */
export const UNKNOWN: LedgerState = {
  epoch: 0,
  nextAt: null,
  rescues: [],
  pending: 0,
  jobMs: 500,
  leases: {},
  isLaneOwed: false,
  startedAt: null,
  lookedAt: null,
  failures: 0,
  pressure: null,
  applications: [],
  unannouncedAt: null,
  counts: { wakes: 0, starts: 0, calls: 0, spared: 0, idle: 0, lost: 0, unannounced: 0 },
};

/**
 * The epoch after this one. Epochs follow the clock, so that a ledger that has forgotten all, or a second one, does not take a consumer that knows nothing of
 * its wakes for one that knows them all.
 */
export function nextEpoch({ epoch }: LedgerState, now: number): number {
  return Math.max(epoch + 1, now);
}

/** Whoever tells of a time has just asked the database, which stays awake for at least as long. */
const AWAKE_MS = 60_000;

/** When somebody has to be started for what is due in so long. */
export function startAt(dueInMs: number, now: number, { leadMs }: LedgerSettings): number {
  return now + Math.max(0, dueInMs > AWAKE_MS ? dueInMs - leadMs : dueInMs);
}

/** The earlier of two times. */
export function earlier(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

/** Adds to what is counted. */
export function count(counts: LedgerCounts, key: keyof LedgerCounts, by = 1): LedgerCounts {
  return { ...counts, [key]: counts[key] + by };
}
