/**
 * `mayfly pause` and `mayfly resume`: a queue, or a schedule.
 * @module
 */
import type { Command } from "commander";
import { MayflyError } from "../base/errors.ts";
import type { OperatorClient } from "../operate/operator-client.ts";
import { print } from "./print.ts";
import { addQueueCommand, type Queue, type QueueFlags, withDatabase } from "./with-queue.ts";

interface PauseFlags extends QueueFlags {
  readonly schedule?: boolean;
  readonly application?: string;
}

/** Adds both commands. */
export function addPause(program: Command): void {
  add(program, "pause", "claim nothing more of a queue; what runs goes on");
  add(program, "resume", "undo a pause; ticks that a schedule missed meanwhile do not count");
}

function add(program: Command, verb: "pause" | "resume", description: string): void {
  addQueueCommand(program, `${verb} <name>`, description)
    .option("--schedule", "the name is a schedule's")
    .option("--application <name>", "the schedule's application (default: the configuration's)")
    .action(async (name: string, flags: PauseFlags) => {
      const paused = verb === "pause";
      await withDatabase(flags, async (queue) => {
        if (flags.schedule) {
          const application = flags.application ?? queue.mayfly.config.application;
          await turnSchedule(queue.operator, application, name, paused);
          const text = `The schedule ${JSON.stringify(name)} ${paused ? "is paused: it enqueues nothing more" : "goes on"}.`;
          print(flags.json, { application, schedule: name, paused }, text);
        } else {
          await (paused ? queue.operator.pauseQueue(name) : queue.operator.resumeQueue(name));
          const text = `The queue ${JSON.stringify(name)} ${paused ? "is paused: nothing more of it is claimed" : "goes on"}.`;
          print(flags.json, { queue: name, paused }, `${text}${unused(queue, name)}`);
        }
      });
    });
}

/** A slip of the keyboard pauses a queue that nobody has. */
function unused({ mayfly, file }: Queue, name: string): string {
  return mayfly.config.jobs.some(({ queue }) => queue === name) ? "" : ` No job of ${file} is on it by default.`;
}

async function turnSchedule(operator: OperatorClient, application: string, name: string, paused: boolean): Promise<void> {
  if (await (paused ? operator.pauseSchedule(application, name) : operator.resumeSchedule(application, name))) return;
  const known = (await operator.schedules()).map((one) => `${one.name} of ${one.application}`).join(", ") || "none";
  throw new MayflyError("not_found", `There is no schedule ${JSON.stringify(name)} of ${JSON.stringify(application)}. Known: ${known}.`);
}
