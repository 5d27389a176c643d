/**
 * `mayfly cancel`: stops a job for good.
 * @module
 */
import type { Command } from "commander";
import type { CancelOutcome } from "../job/jobs-client.ts";
import { print } from "./print.ts";
import { addQueueCommand, type QueueFlags, withDatabase } from "./with-queue.ts";

const SENTENCES: Readonly<Record<CancelOutcome, (id: string) => string>> = {
  cancelled: (id) => `The job ${id} is cancelled.`,
  requested: (id) => `The job ${id} runs: its handler is told to stop within a heartbeat, and there will be no other attempt.`,
  finished: (id) => `The job ${id} had ended before.`,
  unknown: (id) => `There is no job ${id}, or its results have been removed.`,
};

/** Adds the command. */
export function addCancel(program: Command): void {
  addQueueCommand(program, "cancel <id>", "cancel a job for good; exit code 1 where it has ended otherwise or is unknown").action(
    async (id: string, flags: QueueFlags) => {
      const outcome = await withDatabase(flags, ({ jobs }) => jobs.cancel(id));
      print(flags.json, { id, outcome }, SENTENCES[outcome](id));
      if (outcome === "finished" || outcome === "unknown") process.exitCode = 1;
    },
  );
}
