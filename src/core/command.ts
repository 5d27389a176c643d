/**
 * Shell commands on a schedule. Their text stays in the program: in the queue there is only the schedule's name.
 * @module
 */
import { resolveEnqueue } from "./enqueue-options.ts";
import { MayflyError, type Problem } from "./errors.ts";
import { defineJob } from "./job-definition.ts";
import type { EnqueueOptions } from "./jobs-client.ts";

/** How a command runs: `queue` (default "commands"), `timeout` (default "1h"), `retries` (default 0). */
export type CommandOptions = Pick<EnqueueOptions, "queue" | "timeout" | "retries">;

/** A shell command, made by `command`. */
export interface Command {
  readonly kind: "command";
  readonly text: string;
  readonly options: CommandOptions;
}

/** The one job behind all commands. Its handler finds the command by the schedule's name. */
export const commandJob = defineJob<"mayfly:command", { schedule: string }>("mayfly:command", { queue: "commands", timeout: "1h" });

/**
 * A shell command as the job of a schedule: `schedule("cleanup", "@daily", command("./cleanup.sh --all"))`. A container runs it.
 * @throws `invalid_config` with everything that is wrong
 */
export function command(text: string, options: CommandOptions = {}): Command {
  const problems: Problem[] = [];
  if (typeof text !== "string" || text.trim() === "") problems.push({ path: ["text"], message: "is empty; it is a line for the shell" });
  else if (text.includes("\0")) problems.push({ path: ["text"], message: "holds the character NUL, which no command can" });
  const { queue, timeout, retries } = options;
  const given: CommandOptions = {
    ...(queue === undefined ? {} : { queue }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(retries === undefined ? {} : { retries }),
  };
  const resolved = resolveEnqueue(commandJob, {}, given, { newId: () => "", maxPayloadBytes: 2, now: 0, payloadFits: true });
  if (!resolved.ok) problems.push(...resolved.problems);
  if (problems.length > 0) {
    const list = problems.map(({ path, message }) => `${path.join(".")} ${message}`).join("; ");
    throw new MayflyError("invalid_config", `The command ${JSON.stringify(text)} cannot be used: ${list}.`, { problems });
  }
  return Object.freeze({ kind: "command", text, options: Object.freeze(given) });
}
