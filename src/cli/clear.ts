/**
 * `mayfly clear`: removes old results, as housekeeping does.
 * @module
 */
import type { Command } from "commander";
import { isBetween } from "../base/bounds.ts";
import { parseDuration } from "../base/durations.ts";
import { MayflyError } from "../base/errors.ts";
import { many, print } from "./print.ts";
import { addQueueCommand, type QueueFlags, withQueue } from "./with-queue.ts";

interface ClearFlags extends QueueFlags {
  readonly olderThan?: string;
}

/** Adds the command. */
export function addClear(program: Command): void {
  addQueueCommand(program, "clear", "remove old results and their jobs, by whole partitions of four days")
    .option("--older-than <duration>", "whole days (default: the retention of the configuration)")
    .action(async (flags: ClearFlags) => {
      const asked = readDays(flags.olderThan);
      await withQueue(flags, async ({ operator, mayfly }) => {
        const days = asked ?? mayfly.config.retentionDays;
        const { emptied, kept } = await operator.clear(days);
        const left =
          kept === 0
            ? ""
            : ` ${many(kept, "partition")} could not be emptied: a job lives there, or somebody reads it just now. Run it again.`;
        print(
          flags.json,
          { days, emptied, kept },
          `Emptied ${many(emptied, "partition")} of results older than ${many(days, "day")}.${left}`,
        );
      });
    });
}

function readDays(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const days = (parseDuration(text) ?? 0) / 86_400_000;
  if (isBetween(days, 1, 30)) return days;
  throw new MayflyError("invalid_options", `--older-than is ${JSON.stringify(text)}; it is whole days, from "1d" to "30d".`);
}
