/**
 * A turn, as the store's seam has it: what a worker asks of the database in one round trip, and what that answers.
 * @module
 */
import type { ClaimedJob } from "./claimed-job.ts";
import type { Settlement } from "./settlement.ts";

export interface Turn {
  readonly workerId: string;
  /** New for every turn that claims; a repeat of the turn uses it again. */
  readonly claimId: string;
  /** Claim at most this many. 0: only heartbeat and settle. */
  readonly slots: number;
  readonly capacity: Capacity;
  readonly settle: readonly Settlement[];
  /** As the reply of an earlier turn of this worker gave them, a few seconds ago at most; null: scan from the start. */
  readonly watermarks: Watermarks | null;
  /** Scan from this time at the latest, whatever the watermarks say: milliseconds since 1970 by the database's clock; null: from the watermarks. */
  readonly readyFrom: number | null;
  /** What need not be said and asked each time; null: not this time. */
  readonly presence: Presence | null;
}

/** What a worker can run. */
export interface Capacity {
  /** Claim from these queues. A turn without presence does not know of pauses: leave out the queues that the last report called paused. */
  readonly queues: readonly string[];
  /** Names of the jobs that can be run here. */
  readonly names: readonly string[];
  /** Those of them whose handlers have a hook. */
  readonly hookNames: readonly string[];
  /** A job with a longer time-out of its own cannot be run here. Milliseconds. */
  readonly maxTimeoutMs: number;
  /** Bytes of large payloads that one claim may carry. A single job is claimed whatever its size. */
  readonly maxBytes: number;
  /** Set aside jobs that cannot be run here. */
  readonly park: boolean;
}

/** What a turn says and asks only now and then: at a worker's first and last turn, after a turn that was not full, and every 100 ms. */
export interface Presence {
  readonly runtime: string;
  readonly host: string | null;
  /** When the platform ends this worker; ISO 8601. */
  readonly deadlineAt: string | null;
  /** The heartbeat is written once it is older than this. */
  readonly heartbeatMs: number;
  /** Ask for a notification of new jobs while slots are free. Undefined: leave the worker's setting as it is, at first off. */
  readonly listen?: boolean;
  /** Sign the worker off when nothing was claimed and nothing runs. */
  readonly leave: boolean;
  /** What runs, as pairs of job and claim, so that the report names the lost claims; null: not asked. */
  readonly activeClaims: readonly ActiveClaim[] | null;
}

/** A job that runs, and the claim under which it does. */
export type ActiveClaim = readonly [id: string, claimId: string];

/** How far index scans have come, so that the next one starts past dead rows. Passed back as it is. */
export type Watermarks = object & { readonly watermarks: unique symbol };

export interface TurnReply {
  readonly jobs: readonly ClaimedJob[];
  /** The turn had been answered before; the reply was lost. */
  readonly replayed: boolean;
  readonly rejections: readonly Rejection[];
  readonly watermarks: Watermarks;
  /** How many jobs were moved out of the way: parked, throttled or expired. */
  readonly setAside: number;
  /** There was a job that only other workers' locks kept from being claimed. */
  readonly busy: boolean;
  /** The turn has made jobs ready: scheduled jobs whose time had come, jobs that were released, or jobs admitted to a running limit. */
  readonly madeReady: boolean;
  /** What was asked for with presence; null without it. */
  readonly report: TurnReport | null;
}

/** A settlement that was not accepted. */
export interface Rejection {
  readonly id: string;
  readonly claimId: string;
  /** `already`: by an earlier copy of this turn; `busy`: somebody else holds the row, settle it again; `claim_lost`: the claim is no longer this worker's. */
  readonly reason: "already" | "busy" | "claim_lost";
}

export interface TurnReport {
  /** Those of the queues that are paused. */
  readonly paused: readonly string[];
  /** Jobs of this worker that an operator wants stopped. */
  readonly cancels: readonly string[];
  /** Those of `activeClaims` that are no longer this worker's. */
  readonly lostClaims: readonly ActiveClaim[];
  /** Milliseconds until the next scheduled job is due; negative: overdue; null: none is scheduled. */
  readonly nextDueMs: number | null;
}
