/**
 * `mayfly worker`: runs jobs until it is told to stop.
 * @module
 */
import { inspect } from "node:util";
import { type Command, InvalidArgumentError } from "commander";
import type { WorkerSettings } from "../../adapters/container/index.ts";
import { withoutPassword } from "./print.ts";
import { superviseReload } from "./reload.ts";

export interface WorkerFlags extends Omit<WorkerSettings, "queues"> {
  readonly config?: string;
  readonly queue?: readonly string[];
  readonly reload?: boolean;
  readonly verbose?: boolean;
}

/** Adds the command. */
export function addWorker(program: Command): void {
  program
    .command("worker")
    .description("run jobs, each in a process of its own, and tick, until SIGTERM or Ctrl-C; a second one ends it at once")
    .option("--config <file>", "the queue's configuration (default: mayfly.config.ts, .js or .mjs); its export worker sets what follows")
    .option("--queue <name>", 'serve this queue; may be repeated, "*" for all that the jobs name (default)', collect)
    .option("--max-processes <n>", "processes, each with one job at a time (default: the cores there are)", wholeNumber)
    .option("--max-jobs-per-process <n>", "replace a process after so many jobs", wholeNumber)
    .option("--in-process", "run all jobs in this one process: for light ones that mostly wait")
    .option("--concurrency <n>", "with --in-process: jobs at a time (default: 10)", wholeNumber)
    .option("--grace <duration>", "how long running jobs may go on when it stops (default: 30s)")
    .option("--kill-after <duration>", "how long a handler may ignore its signal before its process is killed (default: 5s)")
    .option("--connect-for <duration>", "how long a database that is not there is tried at the start (default: 1m)")
    .option("--stats-every <duration>", "between two log lines of what was done; 0: none (default: 60s)")
    .option("--port <n>", "serve /healthz and /metrics on this port", wholeNumber)
    .option("--address <ip>", "the address of that port (default: 0.0.0.0)")
    .option("--rest-after <duration>", "leave the database alone after so long without a job, so that it can be suspended (default: never)")
    .option("--no-listen", "do not listen for new jobs, only poll")
    .option("--reload", "start again whenever the configuration or what it imports changes")
    .option("--verbose", "tell errors with their stacks")
    .action(worker);
}

async function worker(flags: WorkerFlags): Promise<void> {
  try {
    if (flags.reload) process.exit(await superviseReload());
    const { runWorker } = await import("./run-worker.ts");
    await runWorker(flags);
  } catch (error) {
    if (flags.verbose) console.error(withoutPassword(inspect(error)));
    throw error;
  }
}

function collect(name: string, before: readonly string[] = []): readonly string[] {
  return [...before, name];
}

function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is a whole number.");
}
