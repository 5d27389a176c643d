/**
 * The local stack: a database, Neon's HTTP protocol in front of it, the Worker in workerd, and a cron trigger.
 * @module
 */
import { createServer } from "node:net";
import { resolve } from "node:path";
import { systemClock } from "../app/system-clock.ts";
import { MayflyError } from "../base/errors.ts";
import { migrate } from "../postgres/migrate.ts";
import { startCron, watchTicks } from "./cron.ts";
import { holdDataFolder } from "./data-folder.ts";
import { openLocalDatabase } from "./local-database.ts";
import { startLocalWorker } from "./local-worker.ts";
import { startNeonEndpoint } from "./neon-endpoint/server.ts";

export interface LocalStackOptions {
  readonly port: number;
  readonly dataDir: string;
  /** Any Postgres; undefined: an embedded one. */
  readonly databaseUrl: string | undefined;
  /** Path of the wrangler configuration. */
  readonly config: string;
  /** A file of SQL to run once the database is up; it may be run at every start. */
  readonly sqlFile: string | undefined;
  /** Further variables of the Worker. Without tokens of its own, the token `local:dev` may do everything, on this machine. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onLine: (line: string) => void;
  /** Gives up starting when it aborts, and takes down what there is. */
  readonly signal: AbortSignal;
}

export interface LocalStack {
  readonly url: string;
  readonly dataDir: string;
  /** What the database is, for people. */
  readonly database: string;
  /** What a command needs in its environment to reach the database. */
  readonly access: Readonly<Record<string, string>>;
  /** Resolves when the Worker has ended, by whatever cause, or can no longer be reached. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** The token that the local stack takes when none are set. */
export const DEV_TOKEN = "local:dev";

/** The names that the Worker is given from outside. */
const PASSED_ON = ["MAYFLY_PRODUCER_TOKENS", "MAYFLY_OPERATOR_TOKENS"];

/**
 * Starts everything, in order, and takes it down again if something fails.
 * @throws `data_folder_locked`, `invalid_config` for a port that is taken, `database_unreachable`
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const url = `http://127.0.0.1:${options.port}`;
  const dataDir = resolve(options.dataDir);
  const undo: (() => unknown)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const folder = holdDataFolder(dataDir, url);
    undo.push(folder.release);
    await refuseTakenPort(options.port);
    const database = await openLocalDatabase(dataDir, options.databaseUrl);
    undo.push(database.close);
    await migrate(database.driver, { clock: systemClock });
    if (options.sqlFile !== undefined) await database.runFile(options.sqlFile);
    const endpoint = await startNeonEndpoint({ database: database.endpoint });
    undo.push(endpoint.close);
    const access = accessTo(endpoint.url);
    const worker = startLocalWorker({
      config: resolve(options.config),
      port: options.port,
      folder: dataDir,
      env: { ...access, ...tokensFor(options.env) },
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
    return { url, dataDir, database: database.description, access, ended: Promise.race([worker.ended, gone]), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The real connection string stays on this side of the endpoint; whoever asks gets one that leads there. */
function accessTo(endpoint: string): Record<string, string> {
  return { DATABASE_URL: `postgresql://mayfly:local@${new URL(endpoint).host}/mayfly`, MAYFLY_NEON_ENDPOINT: endpoint };
}

function tokensFor(outside: LocalStackOptions["env"]): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of PASSED_ON) {
    const value = outside[name];
    if (value !== undefined) env[name] = value;
  }
  if (!PASSED_ON.some((name) => env[name])) env.MAYFLY_OPERATOR_TOKENS = DEV_TOKEN;
  return env;
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function refuseTakenPort(port: number): Promise<void> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once("error", () => fail(new MayflyError("invalid_config", `Port ${port} is taken. Set PORT to another one.`)));
    probe.listen(port, "127.0.0.1", () => probe.close(() => done()));
  });
}
