/**
 * A tick's first call, and housekeeping, as the store's seam has them.
 * @module
 */

/** The first call of a tick. */
export interface Tick {
  /** The worker that asks, which counts as alive; null: no worker asks. */
  readonly workerId: string | null;
  /** A worker silent for longer is dead. */
  readonly staleMs: number;
  /** Rescue at most this many. */
  readonly limit: number;
  readonly queues: readonly string[];
  /** The set of schedules of this deployment; null: it has no say in schedules. */
  readonly set: ScheduleSet | null;
}

export interface TickReply {
  /** Attempts declared lost. */
  readonly lost: number;
  /** The results that were written, added up. An attempt that only ran a hook has its result already. */
  readonly rescued: readonly (readonly [queue: string, name: string, outcome: "lost" | "cancelled", count: number])[];
  /** The rescue, if it failed, alone: the rest of this reply holds, and the next tick tries again. */
  readonly failed: readonly FailedDuty[];
  /** There may be more to rescue. */
  readonly more: boolean;
  /** A job waits in one of the queues. */
  readonly ready: boolean;
  readonly nextDueMs: number | null;
  /** Housekeeping has something to do. */
  readonly maintenanceDue: boolean;
  /** `unknown`: to be announced; `older`: a newer deployment's set is in force; null: none was named. */
  readonly setState: "current" | "unknown" | "older" | null;
  /** Schedules of a current set that are due. */
  readonly due: readonly DueSchedule[];
  /** Milliseconds until the next schedule of that set is due; null: none is. */
  readonly nextFireMs: number | null;
  /** The database's clock, in milliseconds since the epoch. */
  readonly nowMs: number;
}

export interface MaintainReply {
  /** Jobs that waited past their expiry, and ended as cancelled. */
  readonly expired: number;
  /** A duty may have more to do. */
  readonly more: boolean;
  /** Duties that failed, each alone: the others were done, and it is tried again. */
  readonly failed: readonly FailedDuty[];
}

/** A duty of housekeeping, the rescue, or the schedules, that the database refused. */
export interface FailedDuty {
  /** Such as `retention`; `rescue` for the rescue, `schedules` for the schedules. */
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
  readonly fireCount: number;
  /** ISO 8601. */
  readonly nextAt: string;
  /** When it was resumed after a pause; ISO 8601. */
  readonly resumedAt: string | null;
}
