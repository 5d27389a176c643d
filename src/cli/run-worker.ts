/**
 * What `mayfly worker` does, apart from its flags: the modules of a worker are for nobody else's start.
 * @module
 */
import { fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { type Container, listenWith, startContainer, type WorkerSettings } from "../../adapters/container/index.ts";
import { systemClock } from "../app/system-clock.ts";
import { checkSchema } from "../postgres/migrate.ts";
import { mayPass } from "../worker/may-pass.ts";
import { loadConfig } from "./load-config.ts";
import { openDatabase } from "./open-database.ts";
import { withoutPassword } from "./print.ts";
import type { WorkerFlags } from "./worker.ts";

/** Here `.ts`, in the package `.js`. */
const PROCESS = fileURLToPath(new URL(`./worker-process${extname(import.meta.url)}`, import.meta.url));

/** Runs jobs until a signal comes. */
export async function runWorker({ config: path, queue, verbose: _, reload: __, listen, ...flags }: WorkerFlags): Promise<void> {
  const config = await loadConfig(path);
  const settings: WorkerSettings = {
    ...withoutOtherMode(config.worker, flags),
    ...flags,
    ...(queue ? { queues: queue } : {}),
    // Commander gives it a default, which must not win over the configuration's.
    ...(listen === false ? { listen } : {}),
  };
  const database = await openDatabase(process.env, { connections: settings.inProcess ? 10 : 4 });
  try {
    await checkSchema(database.driver, systemClock).catch((error: unknown) => {
      if (!mayPass(error)) throw error;
    });
    const { handlers, middleware } = config;
    const container = startContainer(config.mayfly.withDriver(database.driver), process.env, {
      handlers,
      middleware,
      settings,
      fork: () => fork(PROCESS, [config.path], { execArgv: childArgs(), env: childEnv() }),
      ...(database.client ? { listen: listenWith(database.client) } : {}),
    });
    stopOnSignals(container);
    stopWithNpm(container);
    if (settings.inProcess) stopOnStrayErrors(container);
    await container.ended;
  } finally {
    await database.close();
  }
  // What a handler left behind keeps nobody waiting.
  process.stdout.write("", () => process.exit());
}

/** The first signal stops it in order; the second ends it at once, and its jobs are rescued by others. */
function stopOnSignals({ stop, stopsWithinMs }: Container): void {
  let asked = false;
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    process.on(signal, () => {
      if (asked) process.exit(code);
      asked = true;
      stop();
      // A handler in this process may hold on to a connection, or block.
      setTimeout(() => process.exit(1), stopsWithinMs).unref();
    });
  }
}

/** npm and npx end at a signal without passing it on: a worker that they have started stops in order once they are gone. */
function stopWithNpm({ stop, stopsWithinMs }: Container): void {
  if (process.env.npm_command === undefined) return;
  const parent = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(looking);
    stop();
    setTimeout(() => process.exit(1), stopsWithinMs).unref();
  }, 500).unref();
}

/** In one process nobody can tell which jobs are the worse for an error that nobody waited for: all may end, and then the worker ends, to be started anew. */
function stopOnStrayErrors({ stop, stopsWithinMs }: Container): void {
  process.on("uncaughtException", (error) => {
    console.error(withoutPassword(`mayfly: an error that nobody waited for ends this worker, once its jobs have ended: ${inspect(error)}`));
    if (process.exitCode !== undefined) return;
    process.exitCode = 1;
    stop();
    setTimeout(() => process.exit(1), stopsWithinMs).unref();
  });
}

/** The configuration's settings that still hold. A flag may ask for jobs in processes, or in this process; then the settings of the other one are left out. */
function withoutOtherMode(configured: WorkerSettings, flags: WorkerSettings): WorkerSettings {
  const { maxProcesses, maxJobsPerProcess, inProcess, concurrency, ...common } = configured;
  if (flags.inProcess) return { ...common, ...(concurrency === undefined ? {} : { concurrency }) };
  return (flags.maxProcesses ?? flags.maxJobsPerProcess) === undefined
    ? configured
    : {
        ...common,
        ...(maxProcesses === undefined ? {} : { maxProcesses }),
        ...(maxJobsPerProcess === undefined ? {} : { maxJobsPerProcess }),
      };
}

/** Debugger ports and the like are not for children. */
function childArgs(): string[] {
  return process.execArgv.filter((arg) => !/^--(inspect|watch)/.test(arg));
}

/** Without what makes Node's watch mode report imports over the channel. */
function childEnv(): NodeJS.ProcessEnv {
  const { WATCH_REPORT_DEPENDENCIES: _, ...env } = process.env;
  return env;
}
