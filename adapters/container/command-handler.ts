/**
 * Runs the commands of schedules, each in a shell and a process group of its own.
 * @module
 */
import { type ErrorCode, MayflyError } from "../../src/base/errors.ts";
import type { Handler } from "../../src/job/handler.ts";
import { commandJob } from "../../src/schedule/command.ts";
import type { ScheduleEntry } from "../../src/schedule/schedule.ts";
import { runCommand } from "./run-command.ts";

/** What a command's job leaves behind. */
export interface CommandOutput {
  readonly exitCode: 0;
  /** Standard output and errors, as they came; their last 16 KiB. */
  readonly output: string;
}

/** Bytes of output in an error's message: its stack repeats them, and both have to fit into what is stored of an error. */
const ERROR_OUTPUT_BYTES = 4_096;

/**
 * The handler of all commands. A job names a schedule and nothing else, so what runs is what the code of these
 * schedules says, whoever wrote the job.
 */
export function commandHandler(entries: readonly ScheduleEntry[]): Handler<unknown> {
  const commands = new Map(entries.map(({ name, command }) => [name, command]));
  return commandJob.handle<unknown>(async ({ payload, signal }): Promise<CommandOutput> => {
    const name: unknown = payload?.schedule;
    const command = typeof name === "string" ? commands.get(name) : undefined;
    if (!command) {
      const known = typeof name === "string" && commands.has(name);
      throw final("unknown_command", `The schedule ${JSON.stringify(name)} ${known ? "runs no command" : "is not in this program"}.`);
    }
    const { exitCode, signal: killedBy, output } = await runCommand(command.text, signal);
    if (exitCode === 0) return { exitCode, output: output() };
    const end = killedBy ? `was killed by ${killedBy}` : `ended with exit code ${exitCode}`;
    const said = output(ERROR_OUTPUT_BYTES);
    throw new MayflyError("command_failed", `The command of ${JSON.stringify(name)} ${end}${said === "" ? "." : `:\n${said}`}`);
  });
}

/** An error that no further attempt is made after. */
function final(code: ErrorCode, message: string): Error {
  return Object.assign(new MayflyError(code, message), { retry: false });
}
