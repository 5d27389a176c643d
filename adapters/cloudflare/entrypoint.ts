/**
 * Enqueueing from another Worker of the same account over a service binding: no HTTP, no token. Who may deploy says, by the binding's
 * `props`, what its Worker may enqueue.
 * @module
 */
import type { InvocationContext, Mayfly } from "../../src/app/create-mayfly.ts";
import { MayflyError } from "../../src/base/errors.ts";
import { parseEnqueueBody, type RequestedJob } from "../../src/http/enqueue-body.ts";
import type { JobDefinition } from "../../src/job/job-definition.ts";
import type { EnqueueResult, JobStatus, JobsClient } from "../../src/job/jobs-client.ts";

/** One job, as `POST /v1/jobs` takes it. */
export interface EntrypointJob {
  readonly name: string;
  readonly payload?: unknown;
  readonly [option: string]: unknown;
}

/** What a binding may do, as its `props`. A list that is there allows only what it names; without one, everything is allowed. */
export interface EntrypointProps {
  readonly jobs?: readonly string[];
  readonly queues?: readonly string[];
}

/** What another Worker calls: `env.JOBS.enqueue("welcome-user", { userId })`. Throws as the HTTP API refuses. */
export interface JobsEntrypoint {
  /** Options are those of `POST /v1/jobs`: id, delay, priority, ... */
  enqueue(name: string, payload?: unknown, options?: Readonly<Record<string, unknown>>): Promise<EnqueueResult>;
  /** In one round trip; if one of them is wrong, none. */
  enqueueMany(jobs: readonly EntrypointJob[]): Promise<EnqueueResult[]>;
  /** Undefined also where it is a job that this binding may not enqueue. */
  get(id: string): Promise<JobStatus | undefined>;
}

/** The runtime's `WorkerEntrypoint`, from `cloudflare:workers`. */
export type WorkerEntrypointClass = new (context: never, env: never) => object;

interface EntrypointContext extends InvocationContext {
  readonly props?: unknown;
}

/**
 * Makes the class that a Worker exports: `export class Jobs extends jobsEntrypoint(mayfly, WorkerEntrypoint) {}`. The runtime's class
 * is passed in, since `cloudflare:workers` exists on Workers only. After an enqueue the jobs that can run at once do, as with `scheduled`.
 */
export function jobsEntrypoint<Env>(mayfly: Mayfly<Env>, Base: WorkerEntrypointClass): new (context: never, env: never) => JobsEntrypoint {
  return class extends Base implements JobsEntrypoint {
    readonly #allowed: ReturnType<typeof allowList>;
    readonly #jobs: () => JobsClient;

    constructor(context: EntrypointContext, env: Env) {
      super(context as never, env as never);
      this.#allowed = allowList(context.props);
      this.#jobs = () => mayfly.connect(env, context);
    }

    async enqueue(name: string, payload?: unknown, options: Readonly<Record<string, unknown>> = {}): Promise<EnqueueResult> {
      const [result] = await this.#put({ ...options, name, payload });
      return result as EnqueueResult;
    }

    async enqueueMany(jobs: readonly EntrypointJob[]): Promise<EnqueueResult[]> {
      return await this.#put({ jobs });
    }

    async get(id: string): Promise<JobStatus | undefined> {
      const job = await this.#jobs().get(id);
      return job && this.#allowed(job) ? job : undefined;
    }

    async #put(body: unknown): Promise<EnqueueResult[]> {
      const { jobs } = parseEnqueueBody(body, mayfly.definitions, { source: "a service binding" });
      for (const job of jobs) {
        const asked = askedFor(job);
        if (!this.#allowed(asked))
          throw new MayflyError("forbidden", `This binding may not enqueue ${asked.name} in the queue ${asked.queue}.`);
      }
      return await this.#jobs().enqueueMany(jobs);
    }
  };
}

function askedFor([definition, , options]: RequestedJob): Pick<JobDefinition, "name" | "queue"> {
  return { name: definition.name, queue: options?.queue ?? definition.queue };
}

/** @throws `invalid_config` for props of another shape: whoever wrote them meant to allow less than everything */
function allowList(props: unknown): (job: { readonly name: string; readonly queue: string }) => boolean {
  const { jobs, queues, ...others } = (props ?? {}) as Record<string, unknown>;
  for (const list of [jobs, queues])
    if (list !== undefined && !(Array.isArray(list) && list.every((one) => typeof one === "string")))
      throw new MayflyError("invalid_config", 'The props of the binding hold "jobs" or "queues" that is no list of names.');
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw new MayflyError("invalid_config", `The props of the binding hold ${JSON.stringify(unknown)}; they take "jobs" and "queues".`);
  const within = (list: unknown, name: string) => list === undefined || (list as string[]).includes(name);
  return ({ name, queue }) => within(jobs, name) && within(queues, queue);
}
