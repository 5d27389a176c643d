/**
 * The composition root: what a user configures, put together. The only place where every layer meets.
 * @module
 */

import type { Context, Hono, MiddlewareHandler } from "hono";
import { MayflyError } from "../base/errors.ts";
import { createIdSource } from "../base/ids.ts";
import { type TraceHeaders, traceHeaders } from "../base/trace-headers.ts";
import type { Announce } from "../enqueue/announce.ts";
import { type BoundedProducer, enqueueBounded } from "../enqueue/bounded-producer.ts";
import { createJobs, type OnceJobsClient } from "../enqueue/jobs.ts";
import { boundsOf, type EnqueueBounded } from "../enqueue/producer-bounds.ts";
import { createApp } from "../http/app.ts";
import { letErrorsAnswer } from "../http/problem.ts";
import type { RunTick } from "../http/run-tick.ts";
import type { JobDefinition } from "../job/job-definition.ts";
import type { JobsClient } from "../job/jobs-client.ts";
import type { OperatorClient } from "../operate/operator-client.ts";
import { wrongTokenCounter } from "../operate/sign-ins.ts";
import { driverOfUrl } from "../postgres/driver/database-url.ts";
import type { Driver } from "../postgres/driver/driver.ts";
import { operatorStore } from "../postgres/operator/operator-store.ts";
import { postgresStore } from "../postgres/postgres-store.ts";
import type { Store } from "../store/store.ts";
import { consoleLogger } from "../telemetry/console-logger.ts";
import { flushTelemetry } from "../telemetry/flush.ts";
import { quiet } from "../telemetry/suppress.ts";
import { withTraceIds } from "../telemetry/trace-ids.ts";
import { traceJobs } from "../telemetry/trace-jobs.ts";
import type { LedgerRpc } from "../wake/status.ts";
import { announceOperations } from "./announce-operations.ts";
import { type MayflyOptions, resolveConfig } from "./config.ts";
import { neonEndpointOf, tokensOf } from "./environment.ts";
import { systemClock } from "./system-clock.ts";
import type { AnnounceIn } from "./waker.ts";

/** What keeps an invocation alive for work after its response: a Worker's execution context. */
export interface InvocationContext {
  waitUntil(promise: Promise<unknown>): void;
}

/** Where a client is, as its platform says it: never as the client itself can. Undefined: it is not known. */
export type ClientAddress<Env> = (request: Request, env: Env) => string | undefined;

/** The wake ledger of this environment; undefined: there is none that can be asked. */
export type LedgerOf<Env> = (env: Env) => LedgerRpc | undefined;

/** Variables that `mayfly.middleware()` sets on a request's context. */
export interface MayflyVariables {
  jobs: JobsClient;
}

/** One application's queue. */
export interface Mayfly<Env> {
  readonly definitions: ReadonlyMap<string, JobDefinition>;
  readonly config: ReturnType<typeof resolveConfig<Env, Driver>>;
  /**
   * The queue's client in this environment. With an invocation's context, a consumer in this program is woken after
   * an enqueue, and a retry by hand.
   */
  connect(env: Env, context?: InvocationContext): JobsClient;
  /** The operator's client in this environment: statistics, an examination, pauses, clearing and purging. The context as for `connect`. */
  operator(env: Env, context?: InvocationContext): OperatorClient;
  /** The same queue over this driver, whatever its environment says: for programs that open the database themselves. */
  withDriver(driver: Driver): Mayfly<Env>;
  /** Hono middleware that sets `c.var.jobs`. */
  middleware(): MiddlewareHandler<{ Bindings: Env & object; Variables: MayflyVariables }>;
  /** The HTTP API and the operator's dashboard, to be mounted under a path of yours: `app.route("/mayfly", mayfly.app())`. */
  app(): Hono<{ Bindings: Env & object }>;
  /** For adapters: the queue in this environment's database. At `end` each of its calls is given up. */
  store(env: Env, end?: AbortSignal): Store;
  /** For adapters: a client that announces what it puts in in its own way. */
  connectIn(env: Env, announce: Announce): JobsClient;
  /** For adapters: enqueues what is within a producer's bounds. */
  boundedIn(env: Env, producer: Pick<BoundedProducer, "who" | "name" | "bounds">): EnqueueBounded;
  /** For adapters: announces runnable jobs, as the clients do. */
  readonly announce: AnnounceIn<Env>;
  /** For adapters: sets the function that every client calls when jobs become runnable. Until then, nothing is called. */
  onAnnounce(announce: AnnounceIn<Env>): void;
  /** For adapters: the wake ledger, which shows how it stands, and which others may tell over HTTP. */
  onLedger(ledger: LedgerOf<Env>): void;
  /** For adapters: what `POST /v1/tick` runs. */
  onTick(tick: RunTick<Env>): void;
  /** For adapters: by what wrong tokens are counted. Until it is called all clients share one count. */
  onClientAddress(read: ClientAddress<Env>): void;
}

/**
 * Configures a queue. Reads nothing and connects to nothing until it is used.
 * @throws `invalid_config` with everything that is wrong
 */
export function createMayfly<Env = unknown>(options: MayflyOptions<Env, Driver>): Mayfly<Env> {
  letErrorsAnswer();
  const config = resolveConfig(options);
  const logger = withTraceIds(config.logger ?? consoleLogger());
  const definitions = new Map(
    config.jobs.flatMap((definition) => [definition.name, ...definition.aliases].map((name) => [name, definition])),
  );
  const ids = { newId: createIdSource(systemClock), clock: systemClock };
  let announceIn: AnnounceIn<Env> = () => () => {};
  let ledger: LedgerOf<Env> = () => undefined;
  let tick: RunTick<Env> | undefined;
  let clientAddress: ClientAddress<Env> | undefined;
  const counter = wrongTokenCounter({ clock: systemClock, logger });

  function open(env: Env): Driver {
    const database = config.database(env);
    if (!database) {
      throw new MayflyError("invalid_config", "database(env) gave no connection string. Is DATABASE_URL set?");
    }
    return typeof database === "string" ? driverOfUrl(database, neonEndpointOf(env)) : database;
  }

  function store(env: Env, end?: AbortSignal): Store {
    // A transaction is the user's own.
    return quiet(postgresStore({ driver: open(env), clock: systemClock, signal: end }), ["transaction", "enqueueStatement"]);
  }

  function connect(env: Env, context?: InvocationContext, caller?: TraceHeaders): OnceJobsClient {
    const jobs = clientOf(env, (runnable) => announceIn(env, context, runnable));
    return traceJobs(jobs, { caller, onRecorded: () => context?.waitUntil(flushTelemetry(systemClock)) });
  }

  function clientOf(env: Env, announce: Announce): OnceJobsClient {
    return createJobs({ store: store(env), limits: { ...config.limits, definitions }, ids, announce });
  }

  function operator(env: Env, context?: InvocationContext): OperatorClient {
    const client = quiet(
      operatorStore({
        driver: open(env),
        clock: systemClock,
        heartbeatTimeoutMs: config.heartbeat.timeoutMs,
        retentionDays: config.retentionDays,
      }),
    );
    return announceOperations(client, (runnable) => announceIn(env, context, runnable));
  }

  const boundedIn: Mayfly<Env>["boundedIn"] = (env, producer) => (jobs, enqueue) =>
    enqueueBounded({ ...producer, store: store(env), now: systemClock.now() }, jobs, enqueue);

  function countWrong(c: Context<{ Bindings: Env & object }>): Promise<boolean> {
    return counter(
      () => operator(c.env).signIns,
      () => clientAddress?.(c.req.raw, c.env),
    );
  }

  return {
    definitions,
    config,
    connect: (env, context) => connect(env, context),
    operator: (env, context) => operator(env, context),
    withDriver: (driver) => createMayfly<Env>({ ...options, database: () => driver }),
    store,
    middleware: () => async (c, next) => {
      c.set("jobs", connect(c.env, contextOf(c), headersOf(c)));
      await next();
    },
    app: () =>
      createApp<Env>({
        definitions,
        jobs: (c) => connect(c.env, contextOf(c), headersOf(c)),
        bounded: (c, name) => {
          const bounds = boundsOf(config.producers, name);
          return bounds && boundedIn(c.env, { who: `The producer ${name}`, name: `token ${name}`, bounds });
        },
        operator: (c) => operator(c.env, contextOf(c)),
        application: config.application,
        schedules: config.schedules,
        ledger: (c) => ledger(c.env),
        tick: () => tick,
        tokens: tokensOf,
        countWrong,
        maxBytes: config.limits.enqueueBytes,
        now: systemClock.now,
        logger,
        pages: async () => {
          // By its public name: a bundler can be told to leave it out.
          const { createDashboard } = await import("mayfly/dashboard");
          return createDashboard<Env>({
            definitions,
            jobs: (c) => connect(c.env, contextOf(c), headersOf(c)),
            operator: (c) => operator(c.env, contextOf(c)),
            ledger: (c) => ledger(c.env)?.status(),
            application: config.application,
            schedules: config.schedules,
            tokens: tokensOf,
            countWrong,
            redact: config.redact,
            clock: systemClock,
            logger,
          });
        },
      }),
    boundedIn,
    connectIn: (env, announce) => traceJobs(clientOf(env, announce)),
    announce: (env, context, runnable) => announceIn(env, context, runnable),
    onAnnounce: (announce) => {
      announceIn = announce;
    },
    onLedger: (given) => {
      ledger = given;
    },
    onTick: (run) => {
      tick = run;
    },
    onClientAddress: (read) => {
      clientAddress = read;
    },
  };
}

/** Of the request's trace, as W3C names them. */
function headersOf({ req }: Context): TraceHeaders {
  return traceHeaders((name) => req.header(name));
}

/** Hono throws where a runtime has no execution context. */
function contextOf(c: Context): InvocationContext | undefined {
  try {
    return c.executionCtx;
  } catch {
    return undefined;
  }
}
