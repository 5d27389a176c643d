/**
 * What is wrong with a queue, as numbers.
 * @module
 */

/** `adviceOn` makes sentences of it. Lists hold the worst few. Ages are in milliseconds. */
export interface Diagnosis {
  readonly schema: {
    readonly version: number;
    /** The version that this program is written for. */
    readonly known: number;
    /** A migration beyond it stops this program. */
    readonly tooNew: boolean;
  };
  /** The database role that asks. */
  readonly role: {
    readonly name: string;
    /** It owns the schema, or is a superuser. */
    readonly owner: boolean;
    /** Of each kind of role: what it lacks, as privileges on objects. */
    readonly kinds: readonly { readonly kind: string; readonly has: number; readonly lacks: readonly string[] }[];
  };
  /** Since a tick or a worker was last seen; null: none ever was. */
  readonly lastSeenMs: number | null;
  /** For how long a scheduled job or a schedule has been due; null: none is. */
  readonly overdueMs: number | null;
  /** Queues with ready jobs. */
  readonly ready: readonly { readonly queue: string; readonly paused: boolean; readonly jobs: number; readonly waitingMs: number }[];
  readonly staleWorkers: readonly {
    readonly id: string;
    readonly runtime: string;
    readonly silentMs: number;
    /** Jobs that it holds. */
    readonly running: number;
  }[];
  readonly parked: readonly { readonly name: string; readonly jobs: number; readonly waitingMs: number }[];
  /** Running limits that have room, and throttled jobs all the same. */
  readonly throttled: readonly {
    readonly name: string;
    readonly key?: string;
    readonly jobs: number;
    readonly running: number;
    readonly limit: number;
  }[];
  /** The ring of partitions that jobs and their results lie in. */
  readonly partitions: {
    /** Those that hold rows. */
    readonly used: number;
    /** Those of them that retention should have emptied more than a day ago. */
    readonly past: number;
    /** Live jobs in a partition that was closed more than a day ago: they keep it from being emptied. */
    readonly stragglers: number;
  };
  /** Duties of housekeeping, and the rescue, that failed and have not been done since. */
  readonly failedDuties: readonly {
    readonly duty: string;
    readonly sqlState: string;
    readonly message: string;
    readonly failedMs: number;
  }[];
  readonly deadRows: readonly { readonly table: string; readonly live: number; readonly dead: number }[];
  /** The longest open one of others in this database; absent: there is none, or this role may not see it. */
  readonly longestTransaction?: { readonly ageMs: number; readonly application: string; readonly state: string };
}
