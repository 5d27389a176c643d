/**
 * What Mayfly is to reach.
 * @module
 */
import { figureNames } from "./figures.ts";

export interface Target {
  readonly scenario: string;
  readonly case: string;
  /** Default: `mayfly`. */
  readonly subject?: string;
  /** A ratio of the scenario, or else a figure. */
  readonly of: string;
  /** For people. */
  readonly what: string;
  readonly better: "higher" | "lower";
  readonly must?: number;
  readonly aim?: number;
}

const RATE = { of: "jobs/s by peer", better: "higher" } as const;
const DATABASE = {
  scenario: "process",
  of: "database by peer",
  better: "lower",
  what: "the database's processor time a job, by the best peer's",
} as const;
const WAL = { scenario: "process", better: "lower" } as const;
const WAL_BYTES = { ...WAL, of: figureNames.wal, what: "bytes of write-ahead log a job", must: 1_000 } as const;
const WAL_BY_PEER = { ...WAL, of: "WAL by peer", what: "the same by the best peer's", aim: 1 } as const;
const FASTER = "jobs/s by the faster peer's";

const PROCESS: readonly Target[] = [
  { scenario: "process", case: "20 B", ...RATE, what: FASTER, must: 1.8, aim: 2.2 },
  { scenario: "process", case: "1 KB", ...RATE, what: FASTER, must: 1.4, aim: 1.8 },
  { scenario: "process", case: "8 KB", ...RATE, what: FASTER, must: 1.5, aim: 1.8 },
  { ...DATABASE, case: "20 B", must: 0.75, aim: 0.65 },
  { ...DATABASE, case: "1 KB", must: 0.75, aim: 0.65 },
  { ...DATABASE, case: "8 KB", must: 0.75, aim: 0.5 },
  { ...WAL_BYTES, case: "20 B" },
  { ...WAL_BY_PEER, case: "20 B" },
  { ...WAL_BYTES, case: "8 KB" },
  { ...WAL_BY_PEER, case: "8 KB" },
];

const SMALL = { scenario: "process-small", case: "10 at a time, 20 B", ...RATE } as const;

const SMALL_AND_ENQUEUE: readonly Target[] = [
  { ...SMALL, subject: "graphile-worker", what: "jobs/s by graphile-worker's", must: 2.4, aim: 3 },
  { ...SMALL, subject: "pg-boss", what: "jobs/s by pg-boss's", must: 1.7, aim: 2 },
  { scenario: "enqueue-many", case: "1,000 a call, 20 B", ...RATE, what: FASTER, must: 1.5, aim: 2 },
  { scenario: "enqueue-one", case: "1 at a time, 20 B", ...RATE, what: FASTER, must: 2.1, aim: 2.5 },
  { scenario: "enqueue-one", case: "16 at a time, 20 B", ...RATE, what: FASTER, must: 2.1, aim: 2.5 },
];

/** All but the first, with which they are compared. */
const CLAIMS: readonly Target[] = [
  "1 M ready",
  "1 M future",
  "100 k in a paused queue",
  "10 k queues, one served",
  "10 k queues, 100 served",
  "10 k keys held",
].map((subject) => ({
  scenario: "claim-at-backlog",
  case: "a claim of 10",
  subject,
  of: "ms by 1 k ready",
  what: `${subject}: time by that at 1 k ready`,
  better: "lower",
  must: 1.5,
  aim: 1.2,
}));

/** No worse than with the tables before. */
const NEON: readonly Target[] = (
  [
    [5, 4, 0.52],
    [5, 50, 0.36],
    [5, 500, 0.15],
    [20, 4, 0.73],
    [20, 50, 0.65],
    [20, 500, 0.42],
  ] as const
).map(([ms, concurrency, must]) => ({
  scenario: "neon-latency",
  case: `${ms} ms, concurrency ${concurrency}`,
  of: "jobs/s by bound",
  what: "jobs/s by concurrency / round trip",
  better: "higher",
  must,
}));

const OLD_SNAPSHOT = { scenario: "old-snapshot", case: "2000 jobs/s" } as const;
const BUNDLE = { scenario: "bundles", of: "KB", what: "KB, minified and gzipped", better: "lower" } as const;

const LONG_AND_SMALL: readonly Target[] = [
  {
    ...OLD_SNAPSHOT,
    of: "jobs/s, last by first tenth",
    what: "jobs/s, the last tenth by the first",
    better: "higher",
    must: 0.8,
    aim: 1,
  },
  { ...OLD_SNAPSHOT, of: "p99, last by first tenth", what: "p99 wait, the last tenth by the first", better: "lower", must: 1.25, aim: 1.1 },
  {
    scenario: "memory",
    case: "1,000,000 jobs in a row",
    of: "the end by a fifth",
    what: "resident memory at the end by that after a fifth",
    better: "lower",
    must: 1.1,
  },
  { ...BUNDLE, case: "a producer", subject: "the driver left out", must: 6, aim: 5 },
  { ...BUNDLE, case: "a Worker without the dashboard", subject: "the starter", must: 100, aim: 90 },
];

const WAKE = { scenario: "wake", subject: "ledger", better: "lower" } as const;

const WAKES: readonly Target[] = [
  { ...WAKE, case: "2,000 jobs of 200 ms", of: "by ideal", what: "time by the ideal at all slots", must: 1.5 },
  {
    ...WAKE,
    case: "2,000 jobs of 200 ms",
    of: "longest pause ms",
    what: "ms with ready jobs and nothing running, the longest",
    must: 2_000,
  },
  { ...WAKE, case: "a delay of 10 s", of: "p99 ms", what: "ms late, p99", must: 1_000 },
  { ...WAKE, case: "a retry after 5 s", of: "p99 ms", what: "ms late, p99", must: 1_000 },
  { ...WAKE, case: "a chain of 50", of: "longest pause ms", what: "ms between two links, the longest", must: 1_000 },
  { ...WAKE, case: "200 enqueues at once", of: "drains", what: "drains", must: 10 },
  { ...WAKE, case: "one enqueue after the other", of: "p50 ms", what: "ms from enqueue to start, median", must: 50 },
  { ...WAKE, case: "one enqueue after the other", of: "p99 ms", what: "ms from enqueue to start, p99", must: 250 },
  { ...WAKE, case: "one enqueue after the other", of: "queries a job", what: "queries a job", must: 3 },
];

/** In the order of the scenarios. */
export const targets: readonly Target[] = [...PROCESS, ...SMALL_AND_ENQUEUE, ...CLAIMS, ...NEON, ...LONG_AND_SMALL, ...WAKES];
