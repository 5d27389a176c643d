/**
 * One request of a route, read and checked, and what its handler may use.
 * @module
 */
import type { OnceJobsClient } from "../enqueue/jobs.ts";
import type { EnqueueBounded } from "../enqueue/producer-bounds.ts";
import type { JobDefinition } from "../job/job-definition.ts";
import type { OperatorClient } from "../operate/operator-client.ts";
import type { ScheduleEntry } from "../schedule/schedule.ts";
import type { LedgerRpc } from "../wake/status.ts";
import type { TickReport } from "../worker/tick.ts";
import type { Identity } from "./auth.ts";
import type { RouteKey, Routes } from "./route-table.ts";
import type { Answer, Body, Params, Query } from "./route-types.ts";

/** The queue, as a request has it. */
export interface Queue {
  readonly definitions: ReadonlyMap<string, JobDefinition>;
  /** The application whose schedules these are. */
  readonly application: string;
  readonly schedules: readonly ScheduleEntry[];
  jobs(): OnceJobsClient;
  /** How a producer of this name enqueues; undefined: it is not bound. */
  bounded(producer: string): EnqueueBounded | undefined;
  operator(): OperatorClient;
  /** Undefined where there is no wake ledger that can be asked. */
  ledger(): LedgerRpc | undefined;
  /** Undefined where this program has no handlers. */
  readonly tick: (() => Promise<TickReport>) | undefined;
  now(): Date;
  /** The OpenAPI document. */
  describe(): Readonly<Record<string, unknown>>;
}

export interface Call<Key extends RouteKey> {
  readonly identity: Routes[Key] extends { readonly roles: unknown } ? Identity : undefined;
  readonly params: Params<Key>;
  readonly query: Query<Key>;
  /** Where the route checks it itself: anything that is JSON. */
  readonly body: Routes[Key] extends { readonly checksBody: true } ? unknown : Body<Key>;
  readonly request: Request;
  readonly queue: Queue;
}

/** An answer with another status than 200, or headers of its own. */
export class Reply<Body> {
  readonly body: Body;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(body: Body, status: number, headers: Readonly<Record<string, string>> = {}) {
    this.body = body;
    this.status = status;
    this.headers = headers;
  }
}

export type RouteHandler<Key extends RouteKey> = (call: Call<Key>) => Promise<Answer<Key> | Reply<Answer<Key>>>;

/** Handlers of some routes. */
export type Handlers<Key extends RouteKey> = { readonly [K in Key]: RouteHandler<K> };
