/**
 * `mayfly run`: a job's handler here and now, without a row in the queue.
 * @module
 */
import type { Command } from "commander";
import { defaultLogger } from "../../adapters/container/default-logger.ts";
import { formatDuration } from "../base/durations.ts";
import { MayflyError } from "../base/errors.ts";
import { addPayloadFlags, type PayloadFlags, readPayload } from "./payload.ts";
import { print, withoutPassword } from "./print.ts";
import { addQueueCommand, definitionOf, type QueueFlags, withQueue } from "./with-queue.ts";

/** Adds the command. */
export function addRun(program: Command): void {
  const command = addQueueCommand(program, "run <name>", "run a job's handler here and now: no row, no retry, no hook");
  addPayloadFlags(command).action(run);
}

async function run(name: string, flags: QueueFlags & PayloadFlags): Promise<void> {
  // Standard output is for the answer: what the handler and its logger print goes to the other.
  console.log = console.info = console.debug = console.error;
  const payload = readPayload(flags);
  const { outcome, output, error, retryInMs } = await withQueue(flags, async (queue) => {
    const { mayfly, handlers, middleware, env, file } = queue;
    const definition = definitionOf(queue, name);
    const handler = handlers.find((one) => one.definition.name === definition.name);
    if (!handler) throw new MayflyError("invalid_config", `${definition.name} has no handler among the "handlers" of ${file}.`);
    const { runInline } = await import("../app/run-inline.ts");
    return await runInline(mayfly, handler, { payload, middleware, env, logger: defaultLogger(process.stderr) });
  });
  if (outcome === "successful") {
    print(flags.json, { outcome, output }, output === undefined ? "It returned nothing." : JSON.stringify(output, null, 2));
  } else if (outcome === "deferred") {
    print(flags.json, { outcome, retryInMs }, `It deferred itself by ${formatDuration(retryInMs ?? 0)}: nothing was enqueued.`);
  } else {
    if (flags.json) print(true, { outcome, error }, "");
    console.error(withoutPassword(error?.stack ?? `${error?.name}: ${error?.message}`));
    process.exitCode = 1;
  }
  // A handler that ignores its time-out, or leaves timers behind, keeps nobody waiting.
  process.stdout.write("", () => process.exit());
}
