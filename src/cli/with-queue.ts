/**
 * What most commands share: their flags, the configuration, and its queue over the database of DATABASE_URL.
 * @module
 */
import type { Command } from "commander";
import { createMayfly } from "../app/create-mayfly.ts";
import { MayflyError } from "../base/errors.ts";
import type { JobDefinition } from "../job/job-definition.ts";
import type { JobsClient } from "../job/jobs-client.ts";
import type { OperatorClient } from "../operate/operator-client.ts";
import { type Config, type Env, hasConfig, loadConfig } from "./load-config.ts";
import { printError } from "./print.ts";

/** The flags of every such command. */
export interface QueueFlags {
  readonly config?: string;
  readonly json?: boolean;
}

export interface Queue extends Config {
  readonly jobs: JobsClient;
  readonly operator: OperatorClient;
  readonly env: Env;
}

/** Adds a command with the flags of every such command. */
export function addQueueCommand(program: Command, usage: string, description: string): Command {
  return program
    .command(usage)
    .description(description)
    .option("--config <file>", "the queue's configuration (default: mayfly.config.ts, .js or .mjs)")
    .option("--json", "print the answer as JSON");
}

/** Calls with the queue of the configuration, and closes its database. */
export async function withQueue<T>(flags: QueueFlags, use: (queue: Queue) => Promise<T>): Promise<T> {
  return await useQueue(await loadConfig(flags.config), use);
}

/** For what an operator does, which needs no job's definition: without a configuration the defaults hold, also where the one in this folder cannot be loaded. */
export async function withDatabase<T>(flags: QueueFlags, use: (queue: Queue) => Promise<T>): Promise<T> {
  return await useQueue(await configOrDefaults(flags.config), use);
}

async function configOrDefaults(path: string | undefined): Promise<Config> {
  try {
    if (hasConfig(path)) return await loadConfig(path);
  } catch (error) {
    if (path !== undefined) throw error;
    printError(error);
    console.error("mayfly: going on without it, by the defaults");
  }
  const mayfly = createMayfly<Env>({ jobs: [], database: () => "" });
  return { file: "", path: "", mayfly, handlers: [], middleware: [], worker: {} };
}

async function useQueue<T>(config: Config, use: (queue: Queue) => Promise<T>): Promise<T> {
  const { openDatabase } = await import("./open-database.ts");
  const { driver, close } = await openDatabase(process.env);
  try {
    const mayfly = config.mayfly.withDriver(driver);
    return await use({ ...config, mayfly, jobs: mayfly.connect(process.env), operator: mayfly.operator(process.env), env: process.env });
  } finally {
    await close();
  }
}

/**
 * The definition of this name, a former one included.
 * @throws `unknown_job`
 */
export function definitionOf({ mayfly, file }: Config, name: string): JobDefinition {
  const definition = mayfly.definitions.get(name);
  if (definition) return definition;
  const known = mayfly.config.jobs.map((job) => job.name).join(", ") || "none";
  throw new MayflyError("unknown_job", `There is no job named ${JSON.stringify(name)} in ${file}. Known: ${known}.`);
}
