/**
 * `mayfly retry`: runs a finished job once more.
 * @module
 */
import type { Command } from "commander";
import type { RetryResult } from "../job/jobs-client.ts";
import { print } from "./print.ts";
import { addQueueCommand, type QueueFlags, withDatabase } from "./with-queue.ts";

/** Adds the command. */
export function addRetry(program: Command): void {
  addQueueCommand(program, "retry <id>", "run a finished job once more, as a new job; exit code 1 where it cannot be").action(
    async (id: string, flags: QueueFlags) => {
      const result = await withDatabase(flags, ({ jobs }) => jobs.retry(id));
      print(flags.json, result, sentence(id, result));
      if (result.outcome !== "enqueued" && result.outcome !== "already") process.exitCode = 1;
    },
  );
}

function sentence(id: string, { outcome, id: other }: RetryResult): string {
  switch (outcome) {
    case "enqueued":
      return `Enqueued it once more, as ${other}.`;
    case "already":
      return `It was enqueued once more before, as ${other}.`;
    case "blocked":
      return `Nothing was enqueued: the job ${other} holds its key.`;
    case "live":
      return `The job ${id} has not finished.`;
    case "unknown":
      return `There is no job ${id}, or its results have been removed.`;
  }
}
