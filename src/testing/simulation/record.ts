/**
 * What the programs of a simulation asked for and were told, and what its handlers did: everything that the model knows without asking the database.
 * @module
 */
import type { Handler } from "../../job/handler.ts";
import type { ScheduleEntry } from "../../schedule/schedule.ts";
import type { NewJob } from "../../store/new-job.ts";
import type { Actor } from "./actor.ts";

/** The end of a handler's code. */
export type RunEnd =
  | { readonly kind: "returned" }
  | { readonly kind: "deferred"; readonly delayMs: number; readonly counts: boolean }
  | { readonly kind: "threw"; readonly error: unknown };

/** One execution of a handler's code. */
export interface RecordedRun {
  readonly id: string;
  readonly claimId: string;
  readonly attempt: number;
  readonly startedAt: number;
  /** Absent while it runs, and for ever where its program was killed. */
  end?: RunEnd & { readonly at: number };
}

/** A program that works: what the model has to know of its life. */
export interface RecordedWorker {
  readonly actor: Actor;
  /** When it has to be gone, by its own clock. */
  readonly hardEndAt: number;
  /** When the database heard of it: its turns with presence that were executed. */
  readonly heardAt: number[];
}

export interface Record {
  /** What was asked for, by id. */
  readonly asked: Map<string, NewJob>;
  /** What an enqueue, or a retry by hand, was told, by id. */
  readonly told: Map<string, Set<string>>;
  /** What each cancel was told, by id; empty where the answer never came. */
  readonly cancelled: Map<string, { readonly at: number; readonly outcome: string }[]>;
  /** As what jobs were told that they have been retried by hand, by id. */
  readonly retried: Map<string, Set<string>>;
  /** The jobs that a turn was told that it has claimed, by claim; absent where the answer never came. */
  readonly claimed: Map<string, ReadonlySet<string>>;
  /** By id and claim. */
  readonly runs: Map<string, RecordedRun[]>;
  /** Calls of hooks, by id. */
  readonly hooks: Map<string, { readonly hook: "onAborted" | "onFailed"; readonly at: number }[]>;
  readonly workers: Map<string, RecordedWorker>;
  /** By the names of their jobs, former names included. */
  readonly handlers: Map<string, Handler<unknown>>;
  readonly schedules: Map<string, ScheduleEntry>;
  /** Jobs that schedules were to put in, by id. */
  readonly ticks: Map<string, { readonly schedule: string; readonly at: number }>;
  /** Rules broken that were seen as they were. */
  readonly violations: string[];
}

export function newRecord(): Record {
  return {
    asked: new Map(),
    told: new Map(),
    cancelled: new Map(),
    retried: new Map(),
    claimed: new Map(),
    runs: new Map(),
    hooks: new Map(),
    workers: new Map(),
    handlers: new Map(),
    schedules: new Map(),
    ticks: new Map(),
    violations: [],
  };
}

/** Names a run. */
export const runKey = (id: string, claimId: string): string => `${id} ${claimId}`;

/** Adds to a list in a map of lists. */
export function append<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
