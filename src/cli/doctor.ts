/**
 * `mayfly doctor`: what is wrong, and what to do about it.
 * @module
 */
import type { Command } from "commander";
import { printable } from "../base/printable.ts";
import { adviceOn } from "../operate/advice.ts";
import { askLedger } from "./ask-ledger.ts";
import { print } from "./print.ts";
import { addQueueCommand, type QueueFlags, withDatabase } from "./with-queue.ts";

interface DoctorFlags extends QueueFlags {
  readonly url?: string;
}

/** Adds the command. */
export function addDoctor(program: Command): void {
  const description = "look for what is wrong: schema, ticks, workers, waiting jobs, vacuum; exit code 1 for a problem";
  const command = addQueueCommand(program, "doctor", description).option(
    "--url <url>",
    "where its API is: asks the wake ledger too, with the first token of MAYFLY_OPERATOR_TOKENS",
  );
  command.action(async (flags: DoctorFlags) => {
    const ledger = flags.url === undefined ? undefined : await askLedger(flags.url, process.env);
    const diagnosis = await withDatabase(flags, ({ operator }) => operator.diagnose());
    const advice = adviceOn(diagnosis, ledger);
    // A name with a line of its own could give advice.
    const lines = advice.map(({ severity, check, message }) => printable(`${severity.padEnd(8)} ${check.padEnd(15)} ${message}`));
    print(flags.json, { advice, diagnosis, ...(ledger ? { ledger } : {}) }, lines.join("\n"));
    if (advice.some(({ severity }) => severity === "problem")) process.exitCode = 1;
  });
}
