/**
 * Shell commands on a schedule. Their text stays in the program: in the queue there is only the schedule's name.
 * @module
 */
import { Problems, show } from "../base/problems.ts";
import { resolveEnqueue } from "../enqueue/enqueue-options.ts";
import { defineJob } from "../job/job-definition.ts";
import type { EnqueueOptions } from "../job/jobs-client.ts";

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
  const problems = new Problems();
  if (typeof text !== "string" || text.trim() === "") problems.add(["text"], "is empty; it is a line for the shell");
  else if (text.includes("\0")) problems.add(["text"], "holds the character NUL, which no command can");
  const { queue, timeout, retries } = options;
  const given: CommandOptions = {
    ...(queue === undefined ? {} : { queue }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(retries === undefined ? {} : { retries }),
  };
  resolveEnqueue(commandJob, {}, given, { newId: () => "", clock: { now: () => 0 }, payloadJson: "{}" }, problems);
  if (problems.count > 0) throw problems.error("invalid_config", `The command ${show(text)} cannot be used`);
  return Object.freeze({ kind: "command", text, options: Object.freeze(given) });
}
