/**
 * Mayfly on AWS Lambda: `api` for an HTTP API or a function URL, `tick` for a schedule of EventBridge and for a queue of SQS.
 * @module
 */
import { handle } from "hono/aws-lambda";
import { Hono } from "hono/tiny";
import { createConsumer } from "../../src/app/consumer.ts";
import type { Mayfly } from "../../src/app/create-mayfly.ts";
import type { Lifetime } from "../../src/app/lifetime.ts";
import { systemClock } from "../../src/app/system-clock.ts";
import { executionContext, type WebApp } from "../../src/app/web-app.ts";
import { isBetween } from "../../src/base/bounds.ts";
import { type Duration, parseDuration } from "../../src/base/durations.ts";
import { MayflyError } from "../../src/base/errors.ts";
import type { Handler } from "../../src/job/handler.ts";
import type { Middleware } from "../../src/job/middleware.ts";
import { consoleLogger } from "../../src/telemetry/console-logger.ts";
import { withTraceIds } from "../../src/telemetry/trace-ids.ts";
import type { DrainResult } from "../../src/worker/drain.ts";
import type { TickReport } from "../../src/worker/tick.ts";
import { createPoke, isPoke } from "./poke.ts";
import { createQueueTicks } from "./queue-ticks.ts";
import { wakeCallsOf } from "./wake-calls.ts";
import { wakesOf } from "./wake-message.ts";
import { wakeQueue } from "./wake-queue.ts";

export interface LambdaOptions<Env> {
  /** The code that runs the jobs. */
  readonly handlers: readonly Handler<Env>[];
  /** Wrapped round every run, outermost first. */
  readonly middleware?: readonly Middleware<Env>[];
  /** Default: the queues of the handlers' jobs. */
  readonly queues?: readonly string[];
  /** Jobs run at a time in one invocation. Default 10. */
  readonly concurrency?: number;
  /**
   * How long a tick goes on claiming, at most. Default "50s", for a schedule of one minute; less where the function's time-out
   * leaves no room for the jobs to end. While something falls due within it, a tick waits, and that time is paid for.
   */
  readonly claimFor?: Duration;
  /** The app that `api` serves. Default: `mayfly.app()`; one of your own has to have that mounted in it. */
  readonly app?: WebApp<NoInfer<Env>>;
  /** The function, by name or ARN, whose handler is `tick`: it is invoked after an enqueue or a retry by hand. Default: the variable MAYFLY_TICK_FUNCTION; unset: none is. */
  readonly tickFunction?: string;
  /**
   * With a wake queue: ticks that lead to each other while work is left, at a time, from 2 to 64. Default 8, as `maximumConcurrency` in serverless.yml.
   */
  readonly maxWorkers?: number;
}

/** The part of an invocation's context that Mayfly looks at. */
export interface LambdaContext {
  /** Milliseconds until Lambda ends the invocation. */
  getRemainingTimeInMillis(): number;
}

/** A response as an HTTP API and a function URL take it. */
export interface LambdaResponse {
  readonly statusCode: number;
  readonly body: string;
  readonly isBase64Encoded: boolean;
  readonly headers: Record<string, string>;
  readonly cookies?: string[];
}

/** Both handlers, to be exported from the function's entry file. */
export interface LambdaHandlers {
  /** Answers events of an HTTP API (payload format 2.0) and of function URLs. Its bindings are `process.env`, and Hono's `event` and `lambdaContext`. */
  readonly api: (event: object, context?: LambdaContext) => Promise<LambdaResponse>;
  /**
   * Runs a tick and answers what it counted; undefined where a message came too early and was sent on. Jobs that fail do not fail the invocation: they are settled. A database that cannot be
   * reached does, since nothing else would show in the function's error metric; no job is lost by it. Lambda would repeat such an
   * invocation up to twice (asynchronous invocation, its default): harmless, but the next schedule is as good, so set
   * `maximumRetryAttempts: 0`, and `maximumEventAge: 60` to drop events that have waited for so long that the next one is there.
   * @throws DriverError
   */
  readonly tick: LambdaTick;
}

/** What `tick` answers, and that it is a handler of AWS's own types, which take no answer to a schedule. */
export interface LambdaTick {
  (event: unknown, context: LambdaContext): Promise<TickReport | DrainResult | undefined>;
  (event: unknown, context: LambdaContext): Promise<void>;
}

/** No invocation lasts longer (Lambda quotas). */
const LONGEST_MS = 15 * 60_000;
/** A poke claims for this long; what it has claimed may take as long as the function has. */
const POKE_CLAIM_MS = 4_000;
/** A tick over HTTP: an HTTP API waits for 30 seconds (API Gateway quotas). */
const HTTP_TICK_MS = 25_000;

/**
 * The handlers of a Lambda function, or of two that share a bundle. Time-outs are checked against the longest that Lambda allows at
 * the start, and against the function's own at each invocation, since no earlier moment tells it: a job that cannot end in it is left
 * in the queue, and a warning names it.
 * @throws `invalid_config` for handlers that cannot run here
 */
export function lambda<Env extends object>(mayfly: Mayfly<Env>, options: LambdaOptions<Env>): LambdaHandlers {
  const claimForMs = parseDuration(options.claimFor ?? "50s");
  if (claimForMs === undefined) {
    throw new MayflyError("invalid_config", `claimFor is ${JSON.stringify(options.claimFor)}, which is not a duration such as "50s".`);
  }
  const consumer = createConsumer(mayfly, {
    handlers: options.handlers,
    ...(options.middleware ? { middleware: options.middleware } : {}),
    ...(options.queues ? { queues: options.queues } : {}),
    runtime: "lambda",
    concurrency: options.concurrency ?? 10,
    lifetime: { claimForMs, hardEndMs: LONGEST_MS },
  });
  const env = process.env as Env;
  const logger = withTraceIds(mayfly.config.logger ?? consoleLogger());
  const { maxWorkers = 8 } = options;
  if (!isBetween(maxWorkers, 2, 64))
    throw new MayflyError("invalid_config", `maxWorkers is ${maxWorkers}; it is a whole number from 2 to 64.`);
  const calls = wakeCallsOf(process.env, systemClock);
  const queue = calls && wakeQueue(calls, systemClock);
  const queued = queue && createQueueTicks({ queue, consumer, env, claimForMs, maxWorkers, clock: systemClock, logger });
  const poke = createPoke(logger);
  mayfly.onAnnounce(
    queued?.announce ??
      ((_env, context, { ready, queues }) =>
        (outcome) => {
          const name = options.tickFunction ?? process.env.MAYFLY_TICK_FUNCTION;
          if (name && ready > 0 && outcome !== "refused" && consumer.serves(queues)) context?.waitUntil(poke(name));
        }),
  );
  /** A tick that nobody has asked for by the queue. */
  const look = async (name: string, lifetime: Lifetime) => await (queued ? queued.look(name, lifetime) : consumer.tick(env, lifetime));
  mayfly.onTick((bindings) => {
    const hardEndMs = Math.min(HTTP_TICK_MS, remainingOf(bindings));
    return look("request", { claimForMs: hardEndMs, hardEndMs });
  });
  mayfly.onClientAddress((_request, bindings) => sourceOf(bindings));
  const tick = async (event: unknown, context: LambdaContext): Promise<TickReport | DrainResult | undefined> => {
    const hardEndMs = context.getRemainingTimeInMillis();
    const wakes = queued && wakesOf(event);
    if (wakes) return await queued.run(wakes, hardEndMs);
    if (isPoke(event)) return await consumer.run(env, { claimForMs: POKE_CLAIM_MS, hardEndMs });
    return await look("cron", { claimForMs, hardEndMs });
  };

  return {
    api: handle(awaitingWhatIsLeft(options.app ?? mayfly.app())) as LambdaHandlers["api"],
    tick: tick as LambdaTick,
  };
}

/**
 * The app with the environment in its bindings, and an execution context whose work is waited for: after the response the process is
 * frozen, with everything that still runs in it.
 */
function awaitingWhatIsLeft<Env extends object>(app: WebApp<Env>): Hono {
  return new Hono().all("*", async (c) => {
    const left: Promise<unknown>[] = [];
    const context = executionContext((promise) => void left.push(promise));
    const response = await app.fetch(c.req.raw, { ...process.env, ...(c.env as object) } as Env, context);
    while (left.length > 0) await Promise.allSettled(left.splice(0));
    return response;
  });
}

/** The other end of the connection, as API Gateway and function URLs saw it. */
function sourceOf(bindings: object): string | undefined {
  const { event } = bindings as { readonly event?: { readonly requestContext?: { readonly http?: { readonly sourceIp?: string } } } };
  return event?.requestContext?.http?.sourceIp;
}

function remainingOf(bindings: object): number {
  const { lambdaContext } = bindings as { readonly lambdaContext?: LambdaContext };
  return lambdaContext?.getRemainingTimeInMillis() ?? HTTP_TICK_MS;
}
