/**
 * Mayfly on Cloudflare Workers: `fetch` for the API, `scheduled` for the cron trigger.
 * @module
 */
import { type Consumer, createConsumer } from "../../src/app/consumer.ts";
import type { InvocationContext, Mayfly } from "../../src/app/create-mayfly.ts";
import { type Duration, parseDuration } from "../../src/base/durations.ts";
import { MayflyError } from "../../src/base/errors.ts";
import type { Handler } from "../../src/job/handler.ts";
import type { Middleware } from "../../src/job/middleware.ts";
import type { SubrequestOptions } from "../../src/worker/subrequests.ts";

export { type EntrypointJob, type EntrypointProps, type JobsEntrypoint, jobsEntrypoint, type WorkerEntrypointClass } from "./entrypoint.ts";

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
const POKE = { claimForMs: 4_000, hardEndMs: 28_000 };
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
  const claimForMs = parseDuration(options.claimFor ?? "50s");
  if (claimForMs === undefined) {
    throw new MayflyError("invalid_config", `claimFor is ${JSON.stringify(options.claimFor)}, which is not a duration such as "50s".`);
  }
  const consumer = createConsumer(mayfly, {
    handlers: options.handlers,
    ...(options.middleware ? { middleware: options.middleware } : {}),
    ...(options.queues ? { queues: options.queues } : {}),
    runtime: "cloudflare",
    concurrency: options.concurrency ?? 4,
    lifetime: { claimForMs, hardEndMs: CRON_MS },
    ...(options.subrequests ? { subrequests: options.subrequests } : {}),
  });
  mayfly.onPoke((env, queues) => pokeConsumer(consumer, env, queues));
  mayfly.onTick((env) => consumer.tick(env, HTTP_TICK));
  // Cloudflare sets it, over whatever a client sent.
  mayfly.onClientAddress((request) => request.headers.get("cf-connecting-ip") ?? undefined);
  return async (_event, env) => {
    await consumer.tick(env);
  };
}

async function pokeConsumer<Env>(consumer: Consumer<Env>, env: Env, queues: ReadonlySet<string> | undefined): Promise<void> {
  if (consumer.serves(queues)) await consumer.run(env, POKE);
}
