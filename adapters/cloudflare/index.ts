/**
 * Mayfly on Cloudflare Workers: `fetch` for the API, `scheduled` for the cron trigger.
 * @module
 */
import { createConsumer } from "../../src/app/consumer.ts";
import type { InvocationContext, Mayfly } from "../../src/app/create-mayfly.ts";
import { cronTick, LEDGER_WAIT_MS } from "../../src/app/cron-tick.ts";
import type { Lifetime } from "../../src/app/lifetime.ts";
import { settleWithLedger } from "../../src/app/settle-with-ledger.ts";
import { systemClock } from "../../src/app/system-clock.ts";
import { createWaker } from "../../src/app/waker.ts";
import { isBetween } from "../../src/base/bounds.ts";
import type { Duration } from "../../src/base/durations.ts";
import { MayflyError } from "../../src/base/errors.ts";
import type { Handler } from "../../src/job/handler.ts";
import type { Middleware } from "../../src/job/middleware.ts";
import { consoleLogger } from "../../src/telemetry/console-logger.ts";
import { withTraceIds } from "../../src/telemetry/trace-ids.ts";
import type { LaneStart } from "../../src/wake/ledger.ts";
import type { LedgerSettings } from "../../src/wake/state.ts";
import type { LedgerRpc } from "../../src/wake/status.ts";
import type { SubrequestOptions } from "../../src/worker/subrequests.ts";
import type { TickReport } from "../../src/worker/tick.ts";
import { type DurableObjectClass, type LaneRpc, ledgerOf } from "./bindings.ts";
import type { CalleeAddress } from "./callee.ts";
import { durationOf } from "./duration-of.ts";
import { laneObject } from "./lane-object.ts";
import { ledgerObject } from "./ledger-object.ts";
import type { RuntimeSubclass } from "./runtime-class.ts";

export type { LedgerRpc } from "../../src/wake/status.ts";
export { type DurableObjectClass, type LaneRpc, ledgerOf } from "./bindings.ts";
export type { CalleeAddress } from "./callee.ts";
export { type EntrypointJob, type EntrypointProps, type JobsEntrypoint, jobsEntrypoint, type WorkerEntrypointClass } from "./entrypoint.ts";
export { type LedgerWorker, type LedgerWorkerOptions, ledgerWorker } from "./ledger-worker.ts";

export interface CloudflareOptions<Env> {
  /** The code that runs the jobs. */
  readonly handlers: readonly Handler<Env>[];
  /** Wrapped round every run, outermost first. */
  readonly middleware?: readonly Middleware<Env>[];
  /** Default: the queues of the handlers' jobs. */
  readonly queues?: readonly string[];
  /** Jobs run at a time in one invocation. Default 4: a Worker opens at most six connections at once. */
  readonly concurrency?: number;
  /** How long a cron invocation goes on claiming. Default "50s", for a cron of one minute. */
  readonly claimFor?: Duration;
  /**
   * Stops claiming before an invocation has made this many requests; the platform ends it at 10,000, 50 on the free plan (Workers
   * limits). Mayfly counts its own, and takes `perJob` for each run of a handler. Default: no bound.
   */
  readonly subrequests?: SubrequestOptions;
  /** With Durable Objects: lanes at a time, from 1 to 64. Each runs `concurrency` jobs at a time, over connections of its own. Default 8. */
  readonly maxWorkers?: number;
  /** With Durable Objects: consumers that live elsewhere, such as containers. The ledger calls each when it starts lanes. Default: none. */
  readonly callees?: (env: Env) => readonly CalleeAddress[];
  /**
   * With Durable Objects: a lane is started so long before a job or a schedule is due, and waits for it, so that it starts on time although the database has to
   * wake first. Up to a minute; the lane bills that long. Default "0s".
   */
  readonly lead?: Duration;
  /** With Durable Objects: a look at the database without a cause, so long after the last one. Default "6h". */
  readonly safetyLook?: Duration;
}

/** The part of a cron event that Mayfly looks at. */
export interface ScheduledEvent {
  readonly cron: string;
  readonly scheduledTime: number;
}

export type ScheduledHandler<Env> = (event: ScheduledEvent, env: Env, context: InvocationContext) => Promise<void>;

export interface WorkerModule<Env> {
  fetch(
    request: Request,
    env: Env,
    context: InvocationContext & { passThroughOnException(): void; readonly props: unknown },
  ): Response | Promise<Response>;
  scheduled: ScheduledHandler<Env>;
}

/** A cron invocation may last 15 minutes (Workers limits). */
const CRON_MS = 15 * 60_000;
/** Work after a response may last 30 seconds (Workers limits); some of it goes to starting. */
const AFTER_RESPONSE = { claimForMs: 4_000, hardEndMs: 28_000 };
/** A tick over HTTP: schedulers give up after 30 seconds or so, and on the free plan a request was seen to end then (cloudflare-docs#30529). */
const HTTP_TICK = { claimForMs: 25_000, hardEndMs: 25_000 };

/** A Worker that is all Mayfly: `export default cloudflare(mayfly, { handlers })`. */
export function cloudflare<Env extends object>(mayfly: Mayfly<Env>, options: CloudflareOptions<Env>): WorkerModule<Env> {
  const app = mayfly.app();
  return {
    fetch: (request, env, context) => app.fetch(request, env, context),
    scheduled: scheduled(mayfly, options),
  };
}

/**
 * The cron trigger's handler, for a Worker with an app of its own. From then on an enqueue in this Worker also runs
 * the jobs it can at once, after the response, and `POST /v1/tick` runs a tick of 25 seconds.
 * @throws `invalid_config` for handlers that cannot run here
 */
export function scheduled<Env extends object>(mayfly: Mayfly<Env>, options: CloudflareOptions<Env>): ScheduledHandler<Env> {
  const { consumer, lifetime } = consumerOf(mayfly, options);
  const logger = withTraceIds(mayfly.config.logger ?? consoleLogger());
  const cron = (env: Env, name: string, given: Lifetime, always: boolean) =>
    cronTick(consumer, env, { ledger: ledgerOf(env), name, lifetime: given, always, clock: systemClock, logger });
  mayfly.onAnnounce(
    createWaker({
      drains: { consumer, lifetime: AFTER_RESPONSE },
      ledger: ledgerOf,
      clock: systemClock,
      newId: () => crypto.randomUUID(),
      logger,
    }),
  );
  mayfly.onLedger(ledgerOf);
  mayfly.onTick(async (env) => (await cron(env, "request", HTTP_TICK, true)) as TickReport);
  // Cloudflare sets it, over whatever a client sent.
  mayfly.onClientAddress((request) => request.headers.get("cf-connecting-ip") ?? undefined);
  return async (_event, env) => {
    await cron(env, "cron", lifetime, false);
  };
}

/**
 * The Durable Objects that make a Worker's invocations an engine: a ledger that remembers when something is due, and lanes that run jobs then, as many as
 * the backlog needs. Without them a cron finds what the invocations before it have left.
 *
 * Bind them as `MAYFLY_LEDGER` and `MAYFLY_LANE` in wrangler.toml, both with `new_sqlite_classes`.
 * @param Base the runtime's `DurableObject`, from `cloudflare:workers`, which exists on Workers only
 * @throws `invalid_config` for handlers that cannot run here
 * @example
 * ```ts
 * import { DurableObject } from "cloudflare:workers";
 *
 * export default cloudflare(mayfly, { handlers });
 * export const { MayflyLedger, MayflyLane } = durableObjects(mayfly, { handlers }, DurableObject);
 * ```
 */
export function durableObjects<Env extends object, Base extends DurableObjectClass = DurableObjectClass>(
  mayfly: Mayfly<Env>,
  options: CloudflareOptions<Env>,
  Base: Base,
): WakeObjects<Base> {
  const { consumer, lifetime } = consumerOf(mayfly, options);
  const { maxWorkers = 8, callees = () => [] } = options;
  const leadMs = durationOf("lead", options.lead ?? 0);
  if (leadMs > 60_000) throw new MayflyError("invalid_config", `lead is ${JSON.stringify(options.lead)}; it is at most a minute.`);
  if (!isBetween(maxWorkers, 1, 64))
    throw new MayflyError("invalid_config", `maxWorkers is ${maxWorkers}; it is a whole number from 1 to 64.`);
  const settings: LedgerSettings = {
    lanes: maxWorkers,
    callees: 0,
    slots: consumer.slots,
    leaseMs: consumer.leaseMs,
    targetMs: 4_000,
    leadMs,
    safetyMs: durationOf("safetyLook", options.safetyLook ?? "6h"),
    heartbeatTimeoutMs: mayfly.config.heartbeat.timeoutMs,
    writeMs: 30_000,
  };
  const logger = withTraceIds(mayfly.config.logger ?? consoleLogger());
  const { slots, deployment } = consumer;

  async function run(env: Env, { lane, epoch }: LaneStart): Promise<void> {
    const ledger = ledgerOf(env);
    if (!ledger) return;
    try {
      await settleWithLedger({ ledger, consumer: lane, epoch, slots, deployment, clock: systemClock }, (onWorkLeft) =>
        consumer.tick(env, { ...lifetime, waitMs: LEDGER_WAIT_MS + leadMs, onWorkLeft }),
      );
    } catch (error) {
      logger.warn("a lane failed; the ledger starts another", { lane, error });
    }
  }

  return {
    MayflyLedger: ledgerObject<Env, Base>({ settings: (env) => ({ ...settings, callees: callees(env).length }), logger }, Base),
    MayflyLane: laneObject({ run, callees, logger }, Base),
  };
}

/** The classes that a Worker exports. */
export interface WakeObjects<Base extends DurableObjectClass> {
  readonly MayflyLedger: RuntimeSubclass<Base, LedgerRpc>;
  readonly MayflyLane: RuntimeSubclass<Base, LaneRpc>;
}

function consumerOf<Env extends object>(mayfly: Mayfly<Env>, options: CloudflareOptions<Env>) {
  const lifetime = { claimForMs: durationOf("claimFor", options.claimFor ?? "50s"), hardEndMs: CRON_MS };
  const consumer = createConsumer(mayfly, {
    handlers: options.handlers,
    ...(options.middleware ? { middleware: options.middleware } : {}),
    ...(options.queues ? { queues: options.queues } : {}),
    runtime: "cloudflare",
    concurrency: options.concurrency ?? 4,
    lifetime,
    ...(options.subrequests ? { subrequests: options.subrequests } : {}),
  });
  return { consumer, lifetime };
}
