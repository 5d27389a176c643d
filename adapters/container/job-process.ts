/**
 * One process that runs jobs, one at a time, as the worker sees it.
 * @module
 */
import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { MayflyError } from "../../src/base/errors.ts";
import type { Attempt, Returned } from "../../src/worker/attempt.ts";
import { processLost } from "../../src/worker/process-ends.ts";
import { decodeThrown, isToWorker, type ToProcess } from "./protocol.ts";

export class JobProcess {
  /** Jobs it has run, the current one included; Infinity: it can run no more. */
  jobs = 0;
  /** Resolves once it can run jobs; rejects when it ends before. */
  readonly ready: Promise<void>;
  /** Resolves when it is gone. */
  readonly exited: Promise<void>;
  readonly #child: ChildProcess;
  readonly #killAfterMs: number;
  #answer: PromiseWithResolvers<Returned> | undefined;
  /** Of the task under way, or of the last one. */
  #token: string | undefined;
  #failure: MayflyError | undefined;

  /** `killAfterMs`: how long the process has to end after it was asked to, before it is killed. `onStray`: called with the first message that the protocol does not know, or that answers a task other than the present one. */
  constructor(child: ChildProcess, killAfterMs: number, onStray: () => void) {
    this.#child = child;
    this.#killAfterMs = killAfterMs;
    const ready = Promise.withResolvers<void>();
    const exited = Promise.withResolvers<void>();
    this.ready = ready.promise;
    this.exited = exited.promise;
    const gone = (how: string) => {
      this.#answer?.reject(processLost(how));
      ready.reject(this.#failure ?? new MayflyError("internal", `A process for jobs ${how} before it was ready.`));
      exited.resolve();
    };
    let stray = () => {
      stray = () => {};
      onStray();
    };
    child.on("message", (message: unknown) => {
      if (!isToWorker(message)) stray();
      else if (message.type === "ready") ready.resolve();
      else if (message.type === "failed") this.#failure = new MayflyError(message.code, message.message);
      else if (message.type === "ending") this.#retire();
      else if (message.token !== this.#token) stray();
      else if (message.type === "returned") this.#answer?.resolve(message.returned);
      else {
        if (message.last) this.#useUp();
        if (this.#answer) this.#answer.reject(decodeThrown(message.thrown));
      }
    });
    child.on("exit", (code, signal) => gone(signal === null ? `ended with exit code ${code}` : `was killed by ${signal}`));
    child.on("error", (error) => {
      if (child.pid === undefined) gone(`could not be started: ${error.message}`);
    });
    // Without its channel it cannot be told anything, nor tell.
    child.on("disconnect", () => this.#killLater());
  }

  /** It runs no other job. */
  get isUsedUp(): boolean {
    return this.jobs === Number.POSITIVE_INFINITY || !this.#child.connected;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Runs a task. Once the signal aborts, the code is told, and killed if it goes on for longer than it may. */
  async run({ job, claimId, signal }: Attempt): Promise<Returned> {
    this.jobs++;
    this.#answer = Promise.withResolvers();
    this.#token = randomUUID();
    let timer: NodeJS.Timeout | undefined;
    const abort = () => {
      const { code = "job_interrupted", message = "" } = signal.reason as Partial<MayflyError>;
      this.#send({ type: "abort", code, message });
      timer = this.#killLater();
    };
    this.#send({ type: "run", task: { job, claimId }, token: this.#token });
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    try {
      return await this.#answer.promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      this.#answer = undefined;
    }
  }

  /** Asks it to end; kills it if it does not. */
  async end(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    const timer = this.#killLater();
    await this.exited;
    clearTimeout(timer);
  }

  /** It runs no other job, and ends once the one under way has. */
  #retire(): void {
    this.jobs = Number.POSITIVE_INFINITY;
    if (!this.#answer) void this.end();
  }

  /** It says that it ends, and is held to it. */
  #useUp(): void {
    this.jobs = Number.POSITIVE_INFINITY;
    this.#killLater();
  }

  #killLater(): NodeJS.Timeout {
    return setTimeout(() => this.#child.kill("SIGKILL"), this.#killAfterMs).unref();
  }

  /** Whoever is gone already is told of by its exit. */
  #send(message: ToProcess): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }
}
