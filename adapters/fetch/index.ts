/**
 * Mayfly where there is a URL and nothing else: Vercel, Netlify, Deno, Supabase. One handler of Web requests; a scheduler calls
 * `/v1/tick` every minute.
 * @module
 */
import { createConsumer } from "../../src/app/consumer.ts";
import type { InvocationContext, Mayfly } from "../../src/app/create-mayfly.ts";
import { LEDGER_WAIT_MS } from "../../src/app/cron-tick.ts";
import { fitLifetime, LEAST_CLAIM_MS } from "../../src/app/lifetime.ts";
import { settleWithLedger } from "../../src/app/settle-with-ledger.ts";
import { systemClock } from "../../src/app/system-clock.ts";
import { createWaker } from "../../src/app/waker.ts";
import { executionContext, type WebApp } from "../../src/app/web-app.ts";
import { isBetween } from "../../src/base/bounds.ts";
import { type Duration, formatDuration, parseDuration } from "../../src/base/durations.ts";
import { MayflyError } from "../../src/base/errors.ts";
import type { Handler } from "../../src/job/handler.ts";
import type { Middleware } from "../../src/job/middleware.ts";
import { consoleLogger } from "../../src/telemetry/console-logger.ts";
import { withTraceIds } from "../../src/telemetry/trace-ids.ts";
import { keepCalls } from "../../src/wake/left-calls.ts";
import { namedLedger } from "../../src/wake/named-ledger.ts";
import { type LedgerAddress, remoteLedger } from "../../src/wake/remote-ledger.ts";
import type { TickReport } from "../../src/worker/tick.ts";
import type { HttpLedger, ReceivedCall } from "./http-ledger.ts";

export type { LedgerAddress } from "../../src/wake/remote-ledger.ts";
export { type CloudTasksOptions, cloudTasks } from "./cloud-tasks.ts";
export { type CallService, type HttpLedger, httpLedger, type ReceivedCall, type TickCall } from "./http-ledger.ts";
export { type QstashOptions, qstash } from "./qstash.ts";
export { type VercelQueueOptions, vercelQueue } from "./vercel-queue.ts";

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
  /**
   * What calls the tick when something is due, and at once where work is left: `httpLedger(qstash(...))`, or over any other service that calls a URL;
   * or the address of a Worker that is a ledger (`ledgerWorker` of `mayfly/cloudflare`), with the token that both know.
   * Default: none; a scheduler calls each minute.
   */
  readonly ledger?: HttpLedger | LedgerAddress;
  /** With a ledger: calls that lead to each other while work is left, at a time, from 1 to 64. Default 8. */
  readonly maxWorkers?: number;
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

/** Where the app finds them among its bindings. */
const ADDRESS = Symbol("client address");
const CALL = Symbol("call");

/** Who has called, as the call says. */
interface Call {
  readonly lane: string | undefined;
  /** Of the ledger, when it called; below 0: it does not say. */
  readonly epoch: number;
}

const NO_CALL: Call = { lane: undefined, epoch: -1 };

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
  const { maxWorkers = 8 } = options;
  if (!isBetween(maxWorkers, 1, 64))
    throw new MayflyError("invalid_config", `maxWorkers is ${maxWorkers}; it is a whole number from 1 to 64.`);
  const logger = withTraceIds(mayfly.config.logger ?? consoleLogger());
  const { slots } = consumer;
  const address = options.ledger && "url" in options.ledger ? options.ledger : undefined;
  const service = options.ledger && "engine" in options.ledger ? options.ledger : undefined;
  const engine = service?.engine(systemClock);
  const named = engine && namedLedger({ engine, lanes: maxWorkers, slots, clock: systemClock });
  const keeper = address ? remoteLedger(address) : named;
  const ledger = keeper && keepCalls(keeper);

  async function tick(env: Env, { lane, epoch }: Call): Promise<TickReport> {
    if (!ledger) return await consumer.tick(env);
    const lifetime = { claimForMs, hardEndMs, waitMs: LEDGER_WAIT_MS };
    const name = lane ?? (address ? `call-${crypto.randomUUID()}` : "call");
    // A ledger without a memory knows nothing of either.
    const known = address ? { epoch, deployment: consumer.deployment } : { epoch: 0, deployment: null };
    const lease = { ledger, consumer: name, ...known, slots, clock: systemClock };
    try {
      return await settleWithLedger(lease, (onWorkLeft) => consumer.tick(env, address ? { ...lifetime, onWorkLeft } : lifetime));
    } finally {
      // What its handlers have put in.
      await ledger.finished();
    }
  }

  mayfly.onTick((env) => tick(env, (env as { readonly [CALL]?: Call })[CALL] ?? NO_CALL));
  mayfly.onClientAddress((_request, env) => (env as { readonly [ADDRESS]?: () => string | undefined })[ADDRESS]?.());
  mayfly.onAnnounce(
    createWaker({
      drains: { consumer, lifetime: { claimForMs: POKE_CLAIM_MS, hardEndMs } },
      ledger: () => ledger,
      clock: systemClock,
      newId: () => crypto.randomUUID(),
      logger,
    }),
  );
  const app = options.app ?? mayfly.app();

  /** Answers a call that the ledger's service has let itself in with. */
  async function answer({ lane, done }: ReceivedCall, env: Env): Promise<Response> {
    try {
      const report = await tick(env, { ...NO_CALL, lane });
      await done?.();
      return Response.json(report);
    } catch (error) {
      logger.error("a call of the wake ledger failed", { error });
      return new Response(null, { status: 503 });
    }
  }

  return async (request, env = {}, context = {}) => {
    const waitUntil = options.waitUntil ?? waitUntilOf(context) ?? waitUntilOf(env);
    const given = { ...processEnv(), ...env };
    const call = request.method === "POST" ? await service?.receive(request) : undefined;
    const bindings = {
      ...given,
      [ADDRESS]: () => options.clientAddress?.(request, env, context),
      [CALL]: callOf(request),
    };
    if (call) return await answer(call, given as object as Env);
    const response = await app.fetch(request, bindings as object as Env, waitUntil && executionContext(waitUntil));
    // Where nothing is kept alive after a response, what is sent is waited for.
    if (!waitUntil) await ledger?.finished();
    return response;
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

function callOf({ headers }: Request): Call {
  return { lane: headers.get("mayfly-lane") ?? undefined, epoch: Number(headers.get("mayfly-epoch") ?? -1) };
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
