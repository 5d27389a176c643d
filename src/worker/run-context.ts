/**
 * What a handler is given. Its signal and its logger are made when the handler reads them: most never do, and both cost more than the rest.
 * @module
 */
import type { Logger } from "../base/logger.ts";
import type { JobContext } from "../job/handler.ts";
import type { JobsClient } from "../job/jobs-client.ts";
import type { Attempt } from "./attempt.ts";
import type { HandlerRuntime } from "./execute.ts";

export class RunContext<Env> implements JobContext<unknown, Env> {
  readonly payload: unknown;
  readonly env: Env;
  readonly jobs: JobsClient;
  readonly id: string;
  readonly claimId: string;
  readonly name: string;
  readonly queue: string;
  readonly attempt: number;
  readonly retries: number;
  readonly runAt: string;
  declare readonly concurrencyKey?: string;
  readonly #attempt: Attempt;
  readonly #baseLogger: Logger;
  #logger: Logger | undefined;

  constructor({ env, jobs, logger }: HandlerRuntime<Env>, attempt: Attempt, payload: unknown) {
    const { job } = attempt;
    this.payload = payload;
    this.env = env;
    this.jobs = jobs;
    this.id = job.id;
    this.claimId = attempt.claimId;
    this.name = job.name;
    this.queue = job.queue;
    this.attempt = job.attempt;
    this.retries = job.retries;
    this.runAt = job.runAt;
    if (job.key !== null) this.concurrencyKey = job.key;
    this.#attempt = attempt;
    this.#baseLogger = logger;
  }

  get signal(): AbortSignal {
    return this.#attempt.signal;
  }

  get logger(): Logger {
    this.#logger ??= this.#baseLogger.child({ jobId: this.id, job: this.name, attempt: this.attempt, claimId: this.claimId });
    return this.#logger;
  }
}
