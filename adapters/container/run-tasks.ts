/**
 * The other end: what a process does that a worker has forked to run its jobs.
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { Worker as Thread } from "node:worker_threads";
import { systemClock } from "../../src/app/system-clock.ts";
import { isMayflyError, MayflyError } from "../../src/base/errors.ts";
import { flushTelemetry } from "../../src/telemetry/flush.ts";
import { traceAttempts } from "../../src/telemetry/trace-attempts.ts";
import { withTraceIds } from "../../src/telemetry/trace-ids.ts";
import { executeHere, type HandlerRuntime } from "../../src/worker/execute.ts";
import { outliveOutput } from "./outlive-output.ts";
import { encodeThrown, type ToProcess, type ToWorker } from "./protocol.ts";

/** Ends this process when its parent is gone, also while a handler blocks the event loop. */
const WATCHDOG = `
const { parentPort, workerData } = require("node:worker_threads");
setInterval(() => { if (process.ppid !== workerData) process.kill(process.pid, "SIGKILL"); }, 1000);
`;

/**
 * Makes this process one that runs jobs for its parent, one at a time, until the parent closes the channel or is gone. `prepare` makes what they need.
 * What it fails with is told to the parent.
 */
export async function runTasks<Env>(prepare: () => Promise<HandlerRuntime<Env>>): Promise<void> {
  outliveOutput();
  // A terminal sends Ctrl-C, a service manager SIGTERM, to all of a group: only the worker decides when a job stops.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
  process.on("disconnect", () => void flushTelemetry(systemClock).then(() => process.exit()));
  new Thread(WATCHDOG, { eval: true, workerData: process.ppid, stdout: false }).unref();
  try {
    listen(await prepare());
    await tell({ type: "ready" });
  } catch (error) {
    const code = isMayflyError(error) ? error.code : "internal";
    await tell({ type: "failed", code, message: error instanceof Error ? error.message : String(error) });
    process.exit(2);
  }
}

/** A task that this process was given. */
interface GivenTask {
  readonly token: string;
  readonly jobId: string;
  readonly abort: AbortController;
}

function listen<Env>(given: HandlerRuntime<Env>): void {
  const runtime = { ...given, logger: withTraceIds(given.logger) };
  const execute = traceAttempts(executeHere(runtime), runtime.logger);
  /** Whose code it is that runs, also after its task has ended. */
  const owner = new AsyncLocalStorage<GivenTask>();
  let current: GivenTask | undefined;
  process.on("message", (message: ToProcess) => {
    if (message.type === "abort") {
      current?.abort.abort(new MayflyError(message.code, message.message));
      // It may be killed soon.
      void flushTelemetry(systemClock);
      return;
    }
    const { task, token } = message;
    const own = { token, jobId: task.job.id, abort: new AbortController() };
    current = own;
    const end = (answer: ToWorker) => {
      if (current === own) current = undefined;
      void tell(answer);
    };
    void owner.run(own, () =>
      execute({ ...task, signal: own.abort.signal }).then(
        (returned) => end({ type: "returned", token, returned }),
        (thrown: unknown) => end({ type: "threw", token, thrown: encodeThrown(thrown) }),
      ),
    );
  });

  /** What nobody waits for fails the job whose code it is, while that runs. A job that runs when another's, or nobody's, comes up goes on. Either way the process is replaced. */
  const stray = (error: unknown) => {
    const from = owner.getStore();
    if (from && from === current) {
      const told = tell({ type: "threw", token: from.token, thrown: encodeThrown(error), last: true });
      from.abort.abort(error);
      void Promise.all([told, flushTelemetry(systemClock)]).then(() => process.exit(1));
    } else {
      runtime.logger.error("an error that nobody waited for, of a job that has ended or of none; its process is replaced", {
        jobId: from?.jobId,
        error,
      });
      void tell({ type: "ending" });
    }
  };
  process.on("uncaughtException", stray);
  process.on("unhandledRejection", stray);
}

function tell(message: ToWorker): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected && process.send) process.send(message, () => resolve());
    else resolve();
  });
}
