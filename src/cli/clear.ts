/**
 * `mayfly clear`: removes old results. Exactly, unlike housekeeping, which waits until whole partitions are past.
 * @module
 */
import type { Command } from "commander";
import { isBetween } from "../base/bounds.ts";
import { parseDuration } from "../base/durations.ts";
import { MayflyError } from "../base/errors.ts";
import type { ClearResult, OperatorClient } from "../operate/operator-client.ts";
import { many, print } from "./print.ts";
import { addQueueCommand, type QueueFlags, withDatabase } from "./with-queue.ts";

interface ClearFlags extends QueueFlags {
  readonly olderThan?: string;
}

/** Adds the command. */
export function addClear(program: Command): void {
  addQueueCommand(program, "clear", "remove results that are older than so many days, and their jobs")
    .option("--older-than <duration>", "whole days (default: the retention of the configuration)")
    .action(async (flags: ClearFlags) => {
      const asked = readDays(flags.olderThan);
      await withDatabase(flags, async ({ operator, mayfly }) => {
        const days = asked ?? mayfly.config.retentionDays;
        const { emptied, kept, deleted } = await clearAll(operator, days);
        const left =
          kept === 0
            ? ""
            : ` ${many(kept, "partition")} could not be emptied: a job lives there, or somebody reads it just now. Run it again.`;
        print(
          flags.json,
          { days, emptied, deleted, kept },
          `Removed what is older than ${many(days, "day")}: emptied ${many(emptied, "partition")}, and deleted the results of ${many(deleted, "job")} more.${left}`,
        );
      });
    });
}

/** Slice by slice, until no row is left to delete. */
async function clearAll(operator: OperatorClient, days: number): Promise<ClearResult> {
  let [emptied, deleted] = [0, 0];
  for (;;) {
    const slice = await operator.clear(days);
    emptied += slice.emptied;
    deleted += slice.deleted;
    if (slice.deleted === 0) return { emptied, deleted, kept: slice.kept };
  }
}

function readDays(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const days = (parseDuration(text) ?? 0) / 86_400_000;
  if (isBetween(days, 1, 30)) return days;
  throw new MayflyError("invalid_options", `--older-than is ${JSON.stringify(text)}; it is whole days, from "1d" to "30d".`);
}
