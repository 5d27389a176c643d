/**
 * Mayfly in a process that lives for weeks: a container, a virtual machine, a laptop. It runs jobs of any length, and ticks by itself.
 * @module
 */
import type { ChildProcess } from "node:child_process";
import { hostname } from "node:os";
import { createConsumer } from "../../src/app/consumer.ts";
import type { Mayfly } from "../../src/app/create-mayfly.ts";
import { serveConsumer } from "../../src/app/serve-consumer.ts";
import { systemClock } from "../../src/app/system-clock.ts";
import { MayflyError } from "../../src/base/errors.ts";
import type { Handler } from "../../src/job/handler.ts";
import type { Middleware } from "../../src/job/middleware.ts";
import { commandJob } from "../../src/schedule/command.ts";
import { flushTelemetry } from "../../src/telemetry/flush.ts";
import { observeQueue } from "../../src/telemetry/observe-queue.ts";
import { observeWorker } from "../../src/telemetry/observe-worker.ts";
import type { Execute } from "../../src/worker/attempt.ts";
import { openBudget } from "../../src/worker/budget.ts";
import { WakeSignal } from "../../src/worker/wake-signal.ts";
import { commandHandler } from "./command-handler.ts";
import { defaultLogger } from "./default-logger.ts";
import { LedgerLease } from "./ledger-lease.ts";
import type { Listen, Listener } from "./listen.ts";
import { Monitor } from "./monitor.ts";
import { outliveOutput } from "./outlive-output.ts";
import { Pool } from "./pool.ts";
import { Rest } from "./rest.ts";
import { resolveSettings, type WorkerSettings } from "./settings.ts";
import { tellLedger } from "./tell-ledger.ts";

export type { CommandOutput } from "./command-handler.ts";
export { defaultLogger } from "./default-logger.ts";
export { type Listen, type ListenClient, listenWith } from "./listen.ts";
export { runTasks } from "./run-tasks.ts";
export type { WorkerSettings } from "./settings.ts";
export { tellLedger } from "./tell-ledger.ts";

/** For the last turn, also over a slow connection. */
const LAST_TURN_MS = 15_000;

export interface ContainerOptions<Env> {
  readonly handlers: readonly Handler<Env>[];
  /** Wrapped round every run, outermost first. */
  readonly middleware?: readonly Middleware<Env>[];
  readonly settings?: WorkerSettings;
  /** Starts a process whose module calls `runTasks` with the same handlers. Needed unless jobs run in this process. */
  readonly fork?: () => ChildProcess;
  /** How to hear of new jobs; see `listenWith`. Default: it polls. */
  readonly listen?: Listen;
}

export interface Container {
  /** Resolves once it has been stopped and all is settled; rejects when the database was never reached. */
  readonly ended: Promise<void>;
  /** Claims nothing more, lets what runs go on for the grace, then aborts it. */
  stop(): void;
  /** Within so many milliseconds of that it should have ended. */
  readonly stopsWithinMs: number;
}

/** Between polls while there is nothing to do: more each time, up to this, or to a heartbeat where the database gives word of new jobs. */
const POLL_MS = { first: 100, max: 5_000 };

/**
 * Starts a worker.
 * @throws `invalid_config` for settings or handlers that cannot be used
 */
export function startContainer<Env>(mayfly: Mayfly<Env>, env: Env, options: ContainerOptions<Env>): Container {
  outliveOutput();
  const { heartbeat, schedules } = mayfly.config;
  const settings = resolveSettings(options.settings ?? {}, heartbeat.timeoutMs);
  if (!settings.inProcess && !options.fork)
    throw new MayflyError("invalid_config", "startContainer needs fork, which starts a process for jobs, or the setting inProcess: true.");
  const logger = mayfly.config.logger ?? defaultLogger();
  const commands = schedules.filter(({ command }) => command !== undefined);
  const commandQueues = commands.map((entry) => entry.options.queue ?? commandJob.queue);
  const named = new Set([...options.handlers.map(({ definition }) => definition.queue), ...commandQueues]);
  const served = settings.queues ?? [...named];
  const withCommands = commandQueues.some((queue) => served.includes(queue));
  if (options.handlers.length === 0 && !withCommands)
    throw new MayflyError(
      "invalid_config",
      "This worker has no handlers, so it could run no job. Export handlers: [definition.handle(...)].",
    );
  const consumer = createConsumer(mayfly, {
    ...(options.middleware ? { middleware: options.middleware } : {}),
    handlers: withCommands ? [...options.handlers, commandHandler(commands) as Handler<Env>] : options.handlers,
    queues: served,
    runtime: "container",
    logger,
    concurrency: settings.slots,
    lifetime: { claimForMs: 0, hardEndMs: Number.POSITIVE_INFINITY },
  });
  const ledger = tellLedger(mayfly, settings.ledger, logger);
  const budget = openBudget(systemClock);
  const wakeSignal = new WakeSignal();
  const pool =
    settings.inProcess || !options.fork
      ? undefined
      : new Pool({
          fork: options.fork,
          size: settings.slots,
          maxJobs: settings.maxJobsPerProcess,
          killAfterMs: settings.killAfterMs,
          onReady: () => wakeSignal.wake(),
          clock: systemClock,
          logger,
        });
  const slots = () => pool?.capacity ?? settings.slots;
  const rest = new Rest(systemClock, settings.restAfterMs);
  const resting = () => rest.isResting;
  const lease =
    ledger &&
    new LedgerLease({
      ledger,
      consumer: `container-${crypto.randomUUID()}`,
      deployment: consumer.deployment,
      heartbeatTimeoutMs: heartbeat.timeoutMs,
      resting,
      clock: systemClock,
      logger,
    });
  const monitor = new Monitor({
    silentMs: heartbeat.timeoutMs,
    slots,
    resting,
    token: settings.ledger?.token,
    async wake(epoch) {
      const told = lease?.hold(epoch);
      wakeSignal.wake();
      await told;
    },
  });
  const commandsUnderWay = new Set<Promise<unknown>>();
  let listener: Listener | undefined;
  /** Of the listener that was given up last. */
  let closing: Promise<void> | undefined;
  let running = 0;
  /** Until the next schedule is due, as the last check knew. */
  let untilFire = () => Number.POSITIVE_INFINITY;

  /** Once the database has answered. */
  let tellStart = () => {
    tellStart = () => {};
    logger.info("worker started", { queues: served, slots: settings.slots, inProcess: settings.inProcess });
    const strange = served.filter((queue) => !named.has(queue));
    if (strange.length > 0) logger.warn("no handler's job names these queues; jobs come only if an enqueue does", { queues: strange });
  };

  /** Listens, except while it rests. */
  function keepListening(): void {
    if (!settings.listen) return;
    if (!rest.isResting) listener ??= options.listen?.({ queues: served, wakeSignal, clock: systemClock, logger });
    else if (listener) {
      closing = listener.close();
      listener = undefined;
    }
  }

  async function live(): Promise<void> {
    const server = settings.port === undefined ? undefined : await monitor.serve(settings.port, settings.address);
    const stats =
      settings.statsEveryMs > 0 ? setInterval(() => logger.info("worker stats", monitor.stats), settings.statsEveryMs) : undefined;
    const stopObserving = [
      observeWorker({ slots, running: () => running }),
      observeQueue({ definitions: mayfly.definitions, snapshot: () => mayfly.operator(env).metrics(), resting, logger }),
    ];
    try {
      void lease?.hold();
      await pool?.open();
      await serveConsumer(consumer, env, {
        host: hostname(),
        budget,
        wakeSignal,
        slots,
        execute: (here) => commandsHere(here, pool?.execute ?? here, commandsUnderWay),
        connectForMs: settings.connectForMs,
        resting,
        listening: () => listener?.listening ?? false,
        pollMs: (quietTurns) =>
          Math.min(POLL_MS.first * 2 ** Math.min(quietTurns, 20), listener?.listening ? heartbeat.intervalMs : POLL_MS.max),
        onTurn(counts, now) {
          running = now;
          monitor.turned(counts, now);
          rest.turned(counts.claimed, now);
          lease?.turned(counts.claimed);
          keepListening();
        },
        onRest({ nextInMs, left }) {
          const nextMs = Math.max(0, Math.min(nextInMs ?? Number.POSITIVE_INFINITY, untilFire()));
          lease?.rest({ nextInMs: Number.isFinite(nextMs) ? nextMs : null, left });
        },
        onCheck(check) {
          untilFire = check.untilFire;
          monitor.checked(check.lost);
          tellStart();
          keepListening();
        },
      });
      logger.info("worker ended", monitor.stats);
    } finally {
      clearInterval(stats);
      server?.close();
      server?.closeAllConnections();
      await Promise.all([listener?.close(), closing, pool?.close(), lease?.end(), Promise.allSettled(commandsUnderWay)]);
      await flushTelemetry(systemClock);
      for (const stop of stopObserving) stop();
    }
  }

  return {
    ended: live(),
    stopsWithinMs: settings.graceMs + settings.killAfterMs + LAST_TURN_MS,
    stop() {
      logger.info("worker stopping", { graceMs: settings.graceMs });
      budget.endIn(settings.graceMs);
      wakeSignal.wake();
    },
  };
}

/** Commands are processes already: the worker itself starts and ends them, and waits at its end for those that it has aborted. */
function commandsHere(here: Execute, elsewhere: Execute, underWay: Set<Promise<unknown>>): Execute {
  return (attempt) => {
    if (attempt.job.name !== commandJob.name) return elsewhere(attempt);
    const running = here(attempt);
    const forget = () => void underWay.delete(running);
    underWay.add(running);
    running.then(forget, forget);
    return running;
  };
}
