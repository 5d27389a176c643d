/**
 * `mayfly purge`: ends everything that waits or runs.
 * @module
 */
import type { Command } from "commander";
import { MayflyError } from "../base/errors.ts";
import type { OperatorClient } from "../operate/operator-client.ts";
import { many, print } from "./print.ts";
import { addQueueCommand, type QueueFlags, withDatabase } from "./with-queue.ts";

interface PurgeFlags extends QueueFlags {
  readonly queue?: string;
  readonly yes?: boolean;
}

/** Adds the command. */
export function addPurge(program: Command): void {
  addQueueCommand(program, "purge", "end all live jobs as cancelled, running ones too")
    .option("--queue <name>", "of this queue only")
    .option("--yes", "do it; without, it only says how many there are")
    .action(async (flags: PurgeFlags) => {
      await withDatabase(flags, async ({ operator }) => {
        if (!flags.yes) await refuse(operator, flags.queue);
        const { ended, removed } = await purge(operator, flags.queue);
        const hooks = removed === 0 ? "" : `, and left out the hooks of ${many(removed, "job")} that had ended before`;
        print(flags.json, { ended, removed }, `Ended ${many(ended, "job")} as cancelled${hooks}.`);
      });
    });
}

async function refuse(operator: OperatorClient, queue: string | undefined): Promise<never> {
  const { queues } = await operator.stats();
  const live = queues
    .filter((one) => queue === undefined || one.queue === queue)
    .map(({ queue: name, ready, scheduled, running, throttled, parked }) => ({
      name,
      running,
      jobs: ready + scheduled + running + throttled + parked,
    }))
    .filter(({ jobs }) => jobs > 0);
  const total = live.reduce((sum, { jobs }) => sum + jobs, 0);
  const list = live.map(({ name, jobs, running }) => `${name} ${jobs}, of which ${running} run`).join("; ");
  throw new MayflyError(
    "invalid_options",
    `A purge would end ${many(total, "live job")}${list && ` (${list})`}, and there is no way back. With --yes it does.`,
  );
}

/** Slice by slice, until there is nothing left. */
async function purge(operator: OperatorClient, queue: string | undefined): Promise<{ ended: number; removed: number }> {
  const total = { ended: 0, removed: 0 };
  for (;;) {
    const { ended, removed } = await operator.purge(queue === undefined ? {} : { queue });
    if (ended + removed === 0) return total;
    total.ended += ended;
    total.removed += removed;
  }
}
