/**
 * `mayfly enqueue`: a job into the queue.
 * @module
 */
import { type Command, InvalidArgumentError } from "commander";
import type { Duration } from "../base/durations.ts";
import { isMoment, MOMENT_TOLD } from "../base/moments.ts";
import type { EnqueueOptions, EnqueueResult } from "../job/jobs-client.ts";
import { addPayloadFlags, type PayloadFlags, readPayload } from "./payload.ts";
import { print } from "./print.ts";
import { addQueueCommand, definitionOf, type QueueFlags, withQueue } from "./with-queue.ts";

interface EnqueueFlags
  extends QueueFlags,
    PayloadFlags,
    Pick<EnqueueOptions, "id" | "queue" | "within" | "priority" | "retries" | "timeout"> {
  readonly delay?: Duration | Date;
  readonly key?: string;
  readonly expiresIn?: Duration | Date;
}

/** Adds the command. */
export function addEnqueue(program: Command): void {
  addPayloadFlags(addQueueCommand(program, "enqueue <name>", "put a job into the queue"))
    .option("--id <uuid>", "its id: a repeat with the same one does not enqueue again")
    .option("--queue <name>", "instead of the definition's")
    .option("--delay <duration>", "not before this long from now (10m), or this date (2030-01-01T09:00:00Z)", durationOrDate)
    .option("--within <duration>", "up to so much later, together with others")
    .option("--priority <number>", "higher first", wholeNumber)
    .option("--retries <number>", "attempts after the first", wholeNumber)
    .option("--timeout <duration>", "how long an attempt may take")
    .option("--key <text>", "its concurrency key, instead of the definition's")
    .option("--expires-in <duration>", "ends as cancelled when it waits for longer, or past this date", durationOrDate)
    .action(enqueue);
}

async function enqueue(name: string, flags: EnqueueFlags): Promise<void> {
  const payload = readPayload(flags);
  const { id, queue, delay, within, priority, retries, timeout, key, expiresIn } = flags;
  const options: EnqueueOptions = {
    ...(id === undefined ? {} : { id }),
    ...(queue === undefined ? {} : { queue }),
    ...(delay === undefined ? {} : { delay }),
    ...(within === undefined ? {} : { within }),
    ...(priority === undefined ? {} : { priority }),
    ...(retries === undefined ? {} : { retries }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(key === undefined ? {} : { concurrencyKey: key }),
    ...(expiresIn === undefined ? {} : { expiresIn }),
    source: "mayfly enqueue",
  };
  const result = await withQueue(flags, async (opened) => {
    return await opened.jobs.enqueue(definitionOf(opened, name), payload as never, options);
  });
  print(flags.json, result, sentence(name, result));
}

function sentence(name: string, { id, outcome, existingId }: EnqueueResult): string {
  switch (outcome) {
    case "enqueued":
      return `Enqueued ${name} as ${id}.`;
    case "duplicate":
      return `Nothing was enqueued: there is a job ${existingId ?? id} already.`;
    case "blocked":
      return `Nothing was enqueued: the job ${existingId} holds the key.`;
    case "limited":
      return `Nothing was enqueued: there are as many live jobs as the limit of ${name} allows.`;
    case "skipped":
      return `Nothing was enqueued: the shouldEnqueue of ${name} said no.`;
  }
}

function wholeNumber(text: string): number {
  if (/^-?\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is a whole number.");
}

/** Durations never start with four digits and a hyphen. */
function durationOrDate(text: string): Duration | Date {
  if (!/^\d{4}-/.test(text)) return text;
  if (isMoment(text)) return new Date(text);
  throw new InvalidArgumentError(`If this is no duration, ${MOMENT_TOLD}.`);
}
