/**
 * The local stack: a database, Neon's HTTP protocol in front of it, the Worker in workerd, and a cron trigger.
 * @module
 */
import { basename, dirname } from "node:path";
import { MayflyError } from "../base/errors.ts";
import { startCron, watchTicks } from "./cron.ts";
import { findDashboard } from "./find-dashboard.ts";
import { isFree } from "./kept-ports.ts";
import { startLocalWorker } from "./local-worker.ts";
import { type DatabaseOptions, type RunningDatabase, startDatabase } from "./start-database.ts";
import { projectVariables } from "./worker-variables.ts";
import { cronLines, findWranglerConfig, readWranglerConfig } from "./wrangler-config.ts";

export interface LocalStackOptions extends DatabaseOptions {
  /** Where the Worker listens. Default: 8787, or where that is taken another one, which is kept. */
  readonly port: number | undefined;
  /** Path of the wrangler configuration. Default: the one in this folder. */
  readonly config: string | undefined;
  /** Of the configuration; undefined: the top level. */
  readonly environment: string | undefined;
  /** Further variables of the Worker. Without tokens of its own, the token `local:dev` may do everything, on this machine. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onLine: (line: string) => void;
  /** Gives up starting when it aborts, and takes down what there is. */
  readonly signal: AbortSignal;
}

export interface LocalStack {
  readonly url: string;
  readonly database: RunningDatabase;
  /** What opens the API and the dashboard. */
  readonly token: string;
  /** Address of the dashboard, if it is at a usual path. */
  readonly dashboard: string | undefined;
  /** What the user should know before the Worker is deployed, or wonders about. */
  readonly warnings: readonly string[];
  /** Resolves when the Worker has ended, by whatever cause, or can no longer be reached. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** The token that the local stack takes when none are set. */
const DEV_TOKEN = "local:dev";

/** The port of `wrangler dev`, too. */
const USUAL_PORT = 8_787;

/** Settings of the Worker that may also come from outside: they open it. */
const TOKENS = ["MAYFLY_PRODUCER_TOKENS", "MAYFLY_OPERATOR_TOKENS"];

/**
 * Starts everything, in order, and takes it down again if something fails.
 * @throws `data_folder_locked`, `invalid_config` for a port that is taken or no wrangler configuration, `database_unreachable`
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { environment } = options;
  const config = findWranglerConfig(options.config);
  const undo: (() => unknown)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    if (options.port !== undefined) await refuseTaken(options.port);
    const reading = readWranglerConfig(config, environment);
    const database = await startDatabase(options);
    undo.push(database.stop);
    const { access, folder } = database;
    const port = options.port ?? (await database.ports.take("worker", USUAL_PORT));
    const url = `http://127.0.0.1:${port}`;
    folder.tell(url);
    const project = projectVariables(dirname(config), environment);
    const tokens = tokensFor(options.env, project.values);
    const worker = startLocalWorker({
      config,
      environment,
      port,
      folder: folder.path,
      env: { ...(project.expanded.length > 0 ? {} : project.values), ...access, ...tokens },
      envFiles: project.expanded,
      onLine: options.onLine,
    });
    undo.push(worker.stop);
    await Promise.race([worker.ready, whenAborted(options.signal)]);
    const tellFault = (error: unknown) => options.onLine(`cron could not reach the Worker: ${String(error)}`);
    // What fell due while nothing ran does not wait for the next minute.
    const { tick, gone } = watchTicks(worker.tick);
    tick().catch(tellFault);
    const cron = startCron(tick, tellFault);
    undo.push(cron.stop);
    const warnings = [
      ...((await reading)?.crons.length === 0 ? [noCron(config, environment)] : []),
      ...Object.keys(access)
        .filter((name) => name in project.values)
        .map((name) => `${name} of ${project.files.join(", ")} is not used here: the local stack sets its own.`),
      ...(port !== (options.port ?? USUAL_PORT)
        ? [`Port ${USUAL_PORT} is taken, or was at an earlier start: the Worker is at ${port}.`]
        : []),
    ];
    return {
      url,
      database,
      token: tokens.MAYFLY_OPERATOR_TOKENS === DEV_TOKEN ? DEV_TOKEN : "<one of your tokens>",
      dashboard: await findDashboard(url),
      warnings,
      ended: Promise.race([worker.ended, gone]),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Those from outside go before the project's, and where there are none at all, a token for this machine. */
function tokensFor(outside: LocalStackOptions["env"], project: Readonly<Record<string, string>>): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of TOKENS) {
    const value = outside[name];
    if (value !== undefined) env[name] = value;
  }
  if (!TOKENS.some((name) => env[name] || project[name])) env.MAYFLY_OPERATOR_TOKENS = DEV_TOKEN;
  return env;
}

function noCron(config: string, environment: string | undefined): string {
  const lines = cronLines(config, environment).replaceAll(/^/gm, "  ");
  return `${basename(config)} has no cron trigger. Here cron comes round all the same, but deployed, schedules, delays and retries would wait for ever. Add:\n\n${lines}`;
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

async function refuseTaken(port: number): Promise<void> {
  if (await isFree(port)) return;
  throw new MayflyError("invalid_config", `Port ${port} is taken. Set PORT to another one.`);
}
