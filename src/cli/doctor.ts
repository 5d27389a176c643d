/**
 * `mayfly doctor`: what is wrong, and what to do about it.
 * @module
 */
import type { Command } from "commander";
import { examine } from "../operate/doctor.ts";
import { print } from "./print.ts";
import { addQueueCommand, type QueueFlags, withQueue } from "./with-queue.ts";

/** Adds the command. */
export function addDoctor(program: Command): void {
  const description = "look for what is wrong: schema, ticks, workers, waiting jobs, vacuum; exit code 1 for a problem";
  addQueueCommand(program, "doctor", description).action(async (flags: QueueFlags) => {
    const report = await withQueue(flags, ({ operator }) => operator.doctor());
    const findings = examine(report);
    const lines = findings.map(({ severity, check, message }) => `${severity.padEnd(8)} ${check.padEnd(15)} ${message}`);
    print(flags.json, { findings, report }, lines.join("\n"));
    if (findings.some(({ severity }) => severity === "problem")) process.exitCode = 1;
  });
}
