/**
 * `mayfly doctor`: what is wrong, and what to do about it.
 * @module
 */
import type { Command } from "commander";
import { adviceOn } from "../operate/advice.ts";
import { print } from "./print.ts";
import { addQueueCommand, type QueueFlags, withQueue } from "./with-queue.ts";

/** Adds the command. */
export function addDoctor(program: Command): void {
  const description = "look for what is wrong: schema, ticks, workers, waiting jobs, vacuum; exit code 1 for a problem";
  addQueueCommand(program, "doctor", description).action(async (flags: QueueFlags) => {
    const diagnosis = await withQueue(flags, ({ operator }) => operator.diagnose());
    const advice = adviceOn(diagnosis);
    const lines = advice.map(({ severity, check, message }) => `${severity.padEnd(8)} ${check.padEnd(15)} ${message}`);
    print(flags.json, { advice, diagnosis }, lines.join("\n"));
    if (advice.some(({ severity }) => severity === "problem")) process.exitCode = 1;
  });
}
