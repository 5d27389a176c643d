/**
 * A look, as the store's seam has it: what it asks of the database, and what that tells.
 * @module
 */

/** What a worker sees to besides its jobs. */
export interface Look {
  /** The worker that looks, which is not dead; null: none does. */
  readonly workerId: string | null;
  /** A worker silent for longer is dead. */
  readonly staleMs: number;
  /** Rescue, and let expire, at most this many. */
  readonly most: number;
  readonly queues: readonly string[];
  /** The set of schedules of this deployment; null: it has no say in schedules. */
  readonly set: ScheduleSet | null;
  /** Results older than this are removed; null: none are. */
  readonly retentionDays: number | null;
}

export interface LookReply {
  /** Attempts declared lost. */
  readonly lost: number;
  /** Their results, added up; without those that only ran a hook, and have one already. */
  readonly rescued: readonly (readonly [queue: string, name: string, outcome: "lost" | "cancelled", count: number])[];
  /** Jobs that waited past their expiry, and ended as cancelled. */
  readonly expired: number;
  /** There may be more to rescue or to expire. */
  readonly more: boolean;
  /** A job waits in one of the queues. */
  readonly ready: boolean;
  readonly nextDueMs: number | null;
  /** `unknown`: to be announced; `older`: a newer deployment's set is in force; null: none was named. */
  readonly setState: "current" | "unknown" | "older" | null;
  /** Schedules of a current set that are due. */
  readonly due: readonly DueSchedule[];
  /** Milliseconds until the next schedule of that set is due; null: none is. */
  readonly nextFireMs: number | null;
  /** Duties of housekeeping that failed: each is undone alone, and the next look tries it again. */
  readonly failed: readonly FailedDuty[];
  /** The database's clock, in milliseconds since the epoch. */
  readonly nowMs: number;
}

/** A part of a look's housekeeping that the database refused. */
export interface FailedDuty {
  /** Such as `retention`. */
  readonly duty: string;
  readonly sqlState: string;
  readonly message: string;
}

/** A deployment's set of schedules. */
export interface ScheduleSet {
  readonly application: string;
  readonly hash: string;
}

/** A schedule whose time has come. */
export interface DueSchedule {
  readonly name: string;
  /** How often it has fired: the fence of the next one. */
  readonly fire: number;
  /** ISO 8601. */
  readonly nextAt: string;
  /** When it was resumed after a pause; ISO 8601. */
  readonly resumedAt: string | null;
}
