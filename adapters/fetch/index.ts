/**
 * Mayfly where there is a URL and nothing else: Vercel, Netlify, Deno, Supabase. One handler of Web requests; a scheduler calls
 * `/v1/tick` every minute.
 * @module
 */
import { createConsumer } from "../../src/app/consumer.ts";
import type { InvocationContext, Mayfly } from "../../src/app/create-mayfly.ts";
import { fitLifetime, LEAST_CLAIM_MS } from "../../src/app/lifetime.ts";
import { systemClock } from "../../src/app/system-clock.ts";
import { createWaker } from "../../src/app/waker.ts";
import { executionContext, type WebApp } from "../../src/app/web-app.ts";
import { type Duration, formatDuration, parseDuration } from "../../src/base/durations.ts";
import { MayflyError } from "../../src/base/errors.ts";
import type { Handler } from "../../src/job/handler.ts";
import type { Middleware } from "../../src/job/middleware.ts";
import { consoleLogger } from "../../src/telemetry/console-logger.ts";
import { withTraceIds } from "../../src/telemetry/trace-ids.ts";

export interface FetchOptions<Env> {
  /** The code that runs the jobs. */
  readonly handlers: readonly Handler<Env>[];
  /** Wrapped round every run, outermost first. */
  readonly middleware?: readonly Middleware<Env>[];
  /** Default: the queues of the handlers' jobs. */
  readonly queues?: readonly string[];
  /** Jobs run at a time in one invocation. Default 4. */
  readonly concurrency?: number;
  /**
   * How long an invocation may last. Default "25s": Netlify's functions have 30 seconds and more, Vercel's can be given more
   * (`maxDuration`), and clients give up soon after.
   */
  readonly maxDuration?: Duration;
  /** How long a tick goes on claiming, at most. Default: for as long as every job that it claims can end. */
  readonly claimFor?: Duration;
  /** The app that answers. Default: `mayfly.app()`; one of your own has to have that mounted in it. */
  readonly app?: WebApp<NoInfer<Env>>;
  /** Keeps an invocation alive after its response, where the platform passes no context that does: `waitUntil` of `@vercel/functions`. */
  readonly waitUntil?: (promise: Promise<unknown>) => void;
  /**
   * Where a client is, by which wrong tokens are counted: of the arguments that the platform calls the handler with. Never a header that
   * a client can set. Default: it is not known, and all clients share one count; the right token is let in whatever it is.
   */
  readonly clientAddress?: (request: Request, env: object, context: object) => string | undefined;
}

/** Where the app finds it among its bindings. */
const ADDRESS = Symbol("client address");

/** `env` is laid over `process.env`, so that it does no harm when a platform passes something else there. */
export type FetchHandler = (request: Request, env?: object, context?: object) => Promise<Response>;

/** A poke claims for this long. */
const POKE_CLAIM_MS = 4_000;

/**
 * The handler: the API, and `/v1/tick`, which an operator's token or the one in `CRON_SECRET` opens. After an enqueue, the jobs
 * that can run at once do, where the platform allows work after a response; elsewhere the next tick runs them.
 * @throws `invalid_config` for handlers that cannot run here
 */
export function fetchHandler<Env extends object>(mayfly: Mayfly<Env>, options: FetchOptions<Env>): FetchHandler {
  const hardEndMs = durationOf("maxDuration", options.maxDuration ?? "25s");
  const definitions = options.handlers.map(({ definition }) => definition);
  const fitted = fitLifetime({ claimForMs: hardEndMs, hardEndMs }, definitions);
  // With a job that can never end here, the refusal has to tell how long one may take.
  const longestClaimMs = fitted.tooLong.length > 0 ? LEAST_CLAIM_MS : fitted.lifetime.claimForMs;
  const claimForMs = options.claimFor === undefined ? longestClaimMs : durationOf("claimFor", options.claimFor);
  const consumer = createConsumer(mayfly, {
    handlers: options.handlers,
    ...(options.middleware ? { middleware: options.middleware } : {}),
    ...(options.queues ? { queues: options.queues } : {}),
    runtime: "fetch",
    concurrency: options.concurrency ?? 4,
    lifetime: { claimForMs, hardEndMs },
  });
  mayfly.onTick((env) => consumer.tick(env));
  mayfly.onClientAddress((_request, env) => (env as { readonly [ADDRESS]?: () => string | undefined })[ADDRESS]?.());
  mayfly.onAnnounce(
    createWaker({
      consumer,
      lifetime: { claimForMs: POKE_CLAIM_MS, hardEndMs },
      ledger: () => undefined,
      clock: systemClock,
      newId: () => crypto.randomUUID(),
      logger: withTraceIds(mayfly.config.logger ?? consoleLogger()),
    }),
  );
  const app = options.app ?? mayfly.app();
  return async (request, env = {}, context = {}) => {
    const waitUntil = options.waitUntil ?? waitUntilOf(context) ?? waitUntilOf(env);
    const bindings = { ...processEnv(), ...env, [ADDRESS]: () => options.clientAddress?.(request, env, context) };
    return await app.fetch(request, bindings as object as Env, waitUntil && executionContext(waitUntil));
  };
}

function durationOf(option: string, value: Duration): number {
  const ms = parseDuration(value);
  if (ms !== undefined) return ms;
  throw new MayflyError(
    "invalid_config",
    `${option} is ${JSON.stringify(value)}, which is not a duration such as "${formatDuration(25_000)}".`,
  );
}

/** Deno, too, has it. Workers do not, without a flag. */
function processEnv(): object {
  return "process" in globalThis ? process.env : {};
}

/** Netlify passes its context where others pass their environment. */
function waitUntilOf(context: object): InvocationContext["waitUntil"] | undefined {
  return "waitUntil" in context && typeof context.waitUntil === "function"
    ? (promise) => void (context as InvocationContext).waitUntil(promise)
    : undefined;
}
