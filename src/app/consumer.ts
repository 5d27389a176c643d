/**
 * A consumer for adapters: handlers bound to a queue, started with a time to live.
 * @module
 */
import { formatDuration } from "../base/durations.ts";
import { createIdSource } from "../base/ids.ts";
import type { Logger } from "../base/logger.ts";
import { Problems } from "../base/problems.ts";
import type { Runnable, WriteOutcome } from "../enqueue/announce.ts";
import type { Handler } from "../job/handler.ts";
import type { Middleware } from "../job/middleware.ts";
import { schemaVersion } from "../postgres/sql/schema-version.ts";
import { commandJob } from "../schedule/command.ts";
import { scheduleSetHash } from "../schedule/schedule-set.ts";
import { consoleLogger } from "../telemetry/console-logger.ts";
import { flushTelemetry } from "../telemetry/flush.ts";
import { withTraceIds } from "../telemetry/trace-ids.ts";
import { type TracedWorker, traceWorker } from "../telemetry/trace-worker.ts";
import type { Deployment } from "../wake/ledger.ts";
import { createBudget } from "../worker/budget.ts";
import type { WorkLeft } from "../worker/call-for-help.ts";
import type { CheckOptions } from "../worker/check-queue.ts";
import { type DrainResult, drain } from "../worker/drain.ts";
import { executeHere } from "../worker/execute.ts";
import { limitSubrequests, type SubrequestOptions } from "../worker/subrequests.ts";
import { type TickReport, tick } from "../worker/tick.ts";
import { WakeSignal } from "../worker/wake-signal.ts";
import { byName, type Worker } from "../worker/worker.ts";
import type { Mayfly } from "./create-mayfly.ts";
import { ANSWER_MS, fitLifetime, type Lifetime, longestTimeoutMs, MARGIN_MS } from "./lifetime.ts";
import { systemClock } from "./system-clock.ts";

export interface ConsumerOptions<Env> {
  readonly handlers: readonly Handler<Env>[];
  /** Wrapped round every run, outermost first. */
  readonly middleware?: readonly Middleware<Env>[];
  readonly runtime: string;
  /** Default: those of the handlers' jobs. */
  readonly queues?: readonly string[];
  /** Jobs run at a time. */
  readonly concurrency: number;
  /** The lifetime of a tick; handlers are checked against it. */
  readonly lifetime: Lifetime;
  /** Where the platform counts requests. Default: no bound. */
  readonly subrequests?: SubrequestOptions;
  /** Where the configuration names none. Default: JSON on the console. */
  readonly logger?: Logger;
}

export interface Consumer<Env> {
  /** Jobs run at a time. */
  readonly slots: number;
  /** How long an invocation of it may live with all that it claims, in milliseconds. */
  readonly leaseMs: number;
  /** The schedules and the schema that its ticks look with. */
  readonly deployment: Deployment;
  /** Whether it runs jobs of one of these queues; of those that are not known it may. */
  serves(queues: ReadonlySet<string> | undefined): boolean;
  /** Whether this consumer serves every one of these queues. Undefined: the queues are not known, so the answer is no. */
  servesAll(queues: ReadonlySet<string> | undefined): boolean;
  /**
   * A whole tick: rescue, then run what there is. In a lifetime of its own, which may be shorter than the one that the handlers were
   * checked against, it claims for as long as what it claims can end; a job that can never end in it is left, and a warning names it.
   */
  tick(env: Env, lifetime?: ConsumerLifetime): Promise<TickReport>;
  /** A short run, of the jobs that fit in it. */
  run(env: Env, lifetime: ConsumerLifetime): Promise<DrainResult>;
  /** What `serveConsumer` runs: a worker, woken by what its handlers put in, without a lifetime. */
  lasting(env: Env, wakeSignal: WakeSignal): LastingWorker<Env>;
}

export interface ConsumerLifetime extends Lifetime {
  /** Wait for what is due within this many milliseconds, instead of ending. Default: for as long as it claims. */
  readonly waitMs?: number;
  /** Called while jobs run on, with work that this invocation will not take. */
  readonly onWorkLeft?: (work: WorkLeft) => void;
}

/** A worker that is given its lifetime by whoever runs it, and what its checks look at. */
export interface LastingWorker<Env> {
  readonly traced: TracedWorker<Env>;
  readonly schedules: CheckOptions["schedules"];
  readonly retentionDays: number;
}

/**
 * Binds handlers to a queue.
 * @throws `invalid_config` for handlers of unknown jobs, two of one job, or a time-out that cannot fit
 */
export function createConsumer<Env>(mayfly: Mayfly<Env>, options: ConsumerOptions<Env>): Consumer<Env> {
  const problems = findProblems(mayfly, options);
  if (problems.count > 0) throw problems.error("invalid_config", `The handlers for ${options.runtime} cannot be used`);
  const handlers = byName(options.handlers);
  const queues = [...new Set(options.queues ?? options.handlers.map(({ definition }) => definition.queue))];
  const { application, schedules: entries, limits, retentionDays } = mayfly.config;
  const schedules = { set: { application, hash: scheduleSetHash(entries) }, entries, limits };
  const newId = createIdSource(systemClock);
  const logger = withTraceIds(mayfly.config.logger ?? options.logger ?? consoleLogger());

  /** `wakeSignal` is woken by what its handlers put in. */
  function createWorker(env: Env, lifetime: Lifetime, wakeSignal: WakeSignal, end?: AbortSignal): TracedWorker<Env> {
    const id = newId();
    const base: Worker<Env> = {
      id,
      runtime: options.runtime,
      host: null,
      queues,
      slots: options.concurrency,
      handlers,
      middleware: options.middleware ?? [],
      heartbeat: mayfly.config.heartbeat,
      limits,
      redact: mayfly.config.redact,
      budget: createBudget(systemClock, { ...lifetime, marginMs: MARGIN_MS }),
      env,
      jobs: mayfly.connectIn(env, (runnable) => announceHere(env, runnable, wakeSignal)),
      store: mayfly.store(env, end),
      clock: systemClock,
      newId,
      random: Math.random,
      logger: logger.child({ workerId: id }),
    };
    return traceWorker(base, executeHere(base));
  }

  /** A short life, and out with what was recorded in it: the platform may freeze or end the process then. No call of the database outlasts it. */
  async function live<Result>(
    env: Env,
    lifetime: Lifetime,
    wakeSignal: WakeSignal,
    run: (worker: Worker<Env>, traced: TracedWorker<Env>) => Promise<Result>,
  ): Promise<Result> {
    const end = new AbortController();
    const forget = systemClock.after(Math.max(0, lifetime.hardEndMs - ANSWER_MS), () => end.abort());
    const traced = createWorker(env, lifetime, wakeSignal, end.signal);
    try {
      return await run(options.subrequests ? limitSubrequests(traced.worker, options.subrequests) : traced.worker, traced);
    } finally {
      forget();
      if (traced.hasRecorded()) await flushTelemetry(systemClock);
    }
  }

  function serves(asked: ReadonlySet<string> | undefined): boolean {
    return !asked || queues.some((queue) => asked.has(queue));
  }

  function servesAll(asked: ReadonlySet<string> | undefined): boolean {
    return asked !== undefined && [...asked].every((queue) => queues.includes(queue));
  }

  /** A handler enqueues jobs. This worker looks for those of its own queues; jobs of other queues are announced to their consumers. */
  function announceHere(env: Env, runnable: Runnable, wakeSignal: WakeSignal): (outcome: WriteOutcome) => void {
    const isOurs = runnable.ready > 0 && serves(runnable.queues);
    const tell = isOurs && servesAll(runnable.queues) ? undefined : mayfly.announce(env, undefined, runnable);
    return (outcome) => {
      if (isOurs && outcome !== "refused") wakeSignal.wake();
      tell?.(outcome);
    };
  }

  async function tickWithin(env: Env, { waitMs, onWorkLeft, ...given }: ConsumerLifetime): Promise<TickReport> {
    const { lifetime, tooLong } = fitLifetime(
      given,
      options.handlers.map(({ definition }) => definition),
    );
    const wakeSignal = new WakeSignal();
    return await live(env, lifetime, wakeSignal, async (worker, traced) => {
      if (tooLong.length > 0) {
        const jobs = tooLong.map(({ name, timeoutMs }) => `${name} (${formatDuration(timeoutMs)})`);
        worker.logger.warn("jobs left alone: their time-outs do not fit into this invocation", { jobs, invocationMs: given.hardEndMs });
      }
      // Parking would push what only does not fit here ever further away from where it does.
      const how = { waitMs: waitMs ?? lifetime.claimForMs, schedules, retentionDays, park: tooLong.length === 0, wakeSignal, onWorkLeft };
      const result = await traced.tick(() => tick(worker, how));
      return { ...result, usage: worker.store.usage() };
    });
  }

  return {
    slots: options.concurrency,
    leaseMs: options.lifetime.claimForMs + Math.max(0, ...options.handlers.map(({ definition }) => definition.timeoutMs)) + MARGIN_MS,
    deployment: { application, version: `${schemaVersion} ${schedules.set.hash}` },
    serves,
    servesAll,
    tick: (env, lifetime = options.lifetime) => tickWithin(env, lifetime),
    lasting: (env, wakeSignal) => ({
      traced: createWorker(env, { claimForMs: 0, hardEndMs: 0 }, wakeSignal),
      schedules,
      retentionDays,
    }),
    run(env, lifetime) {
      const wakeSignal = new WakeSignal();
      const { waitMs = lifetime.claimForMs, onWorkLeft } = lifetime;
      return live(env, lifetime, wakeSignal, (worker) => drain(worker, { park: false, waitMs, wakeSignal, onWorkLeft }));
    },
  };
}

function findProblems<Env>(mayfly: Mayfly<Env>, { handlers, lifetime }: ConsumerOptions<Env>): Problems {
  const problems = new Problems();
  const seen = new Set<string>();
  const longest = longestTimeoutMs(lifetime);
  handlers.forEach(({ definition }, index) => {
    const { name, timeoutMs, queue } = definition;
    const path = ["handlers", index];
    if (definition !== commandJob && mayfly.definitions.get(name) !== definition)
      problems.add(path, `${name} is not among the jobs of createMayfly`);
    if (seen.has(name)) problems.add(path, `${name} has another handler already`);
    seen.add(name);
    if (timeoutMs > longest) {
      problems.add(
        path,
        `${name} may run ${formatDuration(timeoutMs)}, and here a job has at most ${formatDuration(longest)}. Move it from the queue ${JSON.stringify(queue)} to one that a container serves, or shorten its time-out`,
      );
    }
  });
  return problems;
}
