/**
 * The processes that run a worker's jobs. One that dies takes its own job with it and no other; another takes its place.
 * @module
 */
import type { ChildProcess } from "node:child_process";
import { backOff } from "../../src/base/back-off.ts";
import type { Clock } from "../../src/base/clock.ts";
import type { Logger } from "../../src/base/logger.ts";
import type { Execute } from "../../src/worker/attempt.ts";
import { processMissing } from "../../src/worker/process-ends.ts";
import { JobProcess } from "./job-process.ts";

export interface PoolOptions {
  /** Starts a process whose module calls `runTasks`. */
  readonly fork: () => ChildProcess;
  readonly size: number;
  /** Jobs after which a process is replaced; Infinity: never. */
  readonly maxJobs: number;
  /** Between being told to stop and being killed, in milliseconds. */
  readonly killAfterMs: number;
  /** Told when there is one more that can run a job. */
  readonly onReady: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Between tries to start a process that does not get ready, in milliseconds. */
const RETRY_MS = { first: 500, max: 30_000 };

export class Pool {
  readonly #options: PoolOptions;
  readonly #idle: JobProcess[] = [];
  /** Those that can run jobs, idle or not. */
  readonly #able = new Set<JobProcess>();
  readonly #all = new Set<JobProcess>();
  readonly #closed = new AbortController();

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Jobs that can run at a time, just now. */
  get capacity(): number {
    let count = 0;
    for (const { isUsedUp } of this.#able) if (!isUsedUp) count++;
    return count;
  }

  /** Starts all processes. Resolves when the first is ready; rejects with what is wrong when it cannot be. */
  async open(): Promise<void> {
    const { logger, size } = this.#options;
    const first = this.#start();
    await first.ready;
    for (let more = 1; more < size; more++) this.#keep(this.#start());
    this.#keep(first);
    logger.info("processes started", { processes: size });
  }

  /** Runs a task in a process of its own for so long. Where one has died since the task was claimed, the task has not started: a time-out is its code's alone. */
  readonly execute: Execute = async (attempt) => {
    const process = this.#takeIdle();
    if (!process) throw processMissing();
    try {
      return await process.run(attempt);
    } finally {
      this.#release(process);
    }
  };

  /** Ends all processes; those that do not end are killed. */
  async close(): Promise<void> {
    this.#closed.abort();
    await Promise.all([...this.#all].map((process) => process.end()));
  }

  /** One that can still run something: an error between two jobs may have been its last. */
  #takeIdle(): JobProcess | undefined {
    let process = this.#idle.pop();
    while (process?.isUsedUp) process = this.#idle.pop();
    return process;
  }

  #start(): JobProcess {
    const { fork, killAfterMs, logger } = this.#options;
    const process = new JobProcess(fork(), killAfterMs, () => {
      logger.warn("a job's process sent a message that is no answer to its task; such messages are ignored", { pid: process.pid });
    });
    this.#all.add(process);
    void process.exited.then(() => {
      this.#all.delete(process);
      this.#able.delete(process);
    });
    return process;
  }

  /** Sees to it that it is replaced when it is gone, and gives it work. */
  #keep(process: JobProcess, retry = backOff(this.#options.clock, RETRY_MS)): void {
    const { logger, onReady } = this.#options;
    process.ready.then(
      () => {
        this.#able.add(process);
        this.#idle.push(process);
        onReady();
        void process.exited.then(() => {
          const at = this.#idle.indexOf(process);
          if (at >= 0) this.#idle.splice(at, 1);
          if (!this.#closed.signal.aborted) this.#keep(this.#start());
        });
      },
      async (error: unknown) => {
        if (this.#closed.signal.aborted) return;
        logger.error("a process for jobs could not be started", { error });
        await retry.wait(this.#closed.signal);
        if (!this.#closed.signal.aborted) this.#keep(this.#start(), retry);
      },
    );
  }

  #release(process: JobProcess): void {
    if (!this.#able.has(process)) return;
    if (process.jobs < this.#options.maxJobs) {
      this.#idle.push(process);
      return;
    }
    // Its replacement starts once it is gone.
    this.#able.delete(process);
    void process.end();
  }
}
