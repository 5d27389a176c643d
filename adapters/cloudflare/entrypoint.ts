/**
 * Enqueueing from another Worker of the same account over a service binding: no HTTP, no token. Who may deploy says, by the binding's
 * `props`, what its Worker may enqueue.
 * @module
 */
import type { InvocationContext, Mayfly } from "../../src/app/create-mayfly.ts";
import { Problems } from "../../src/base/problems.ts";
import { checkBounds, isWithin, type ProducerBounds } from "../../src/enqueue/producer-bounds.ts";
import { parseEnqueueBody } from "../../src/http/enqueue-body.ts";
import type { EnqueueResult, JobStatus, JobsClient } from "../../src/job/jobs-client.ts";
import { extensible, type RuntimeClass, type RuntimeSubclass } from "./runtime-class.ts";

/** One job, as `POST /v1/jobs` takes it. */
export interface EntrypointJob {
  readonly name: string;
  readonly payload?: unknown;
  readonly [option: string]: unknown;
}

/** What a binding may do, as its `props`: the bounds of a producer. What is absent is not bounded. */
export interface EntrypointProps extends ProducerBounds {
  /** Under which its live jobs are counted, where `liveJobs` bounds them. Default: together with all bindings that have none. */
  readonly producer?: string;
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

/** The runtime's `WorkerEntrypoint`, from `cloudflare:workers`, whose own type declares it as abstract. */
export type WorkerEntrypointClass = RuntimeClass;

interface EntrypointContext extends InvocationContext {
  readonly props?: unknown;
}

/**
 * Makes the class that a Worker exports: `export class Jobs extends jobsEntrypoint(mayfly, WorkerEntrypoint) {}`. The runtime's class
 * is passed in, since `cloudflare:workers` exists on Workers only. After an enqueue the jobs that can run at once do, as with `scheduled`.
 */
export function jobsEntrypoint<Env, Base extends WorkerEntrypointClass>(
  mayfly: Mayfly<Env>,
  Base: Base,
): RuntimeSubclass<Base, JobsEntrypoint> {
  return class extends extensible(Base) implements JobsEntrypoint {
    readonly #bounds: ProducerBounds;
    readonly #enqueue: ReturnType<Mayfly<Env>["boundedIn"]>;
    readonly #jobs: () => JobsClient;

    constructor(context: EntrypointContext, env: Env) {
      super(context as never, env as never);
      const { producer = "", ...bounds } = boundsIn(context.props);
      this.#bounds = bounds;
      this.#enqueue = mayfly.boundedIn(env, { who: "This binding", name: `binding ${producer}`, bounds });
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
      return job && isWithin(this.#bounds, job) ? job : undefined;
    }

    async #put(body: unknown): Promise<EnqueueResult[]> {
      const { jobs } = parseEnqueueBody(body, mayfly.definitions, { source: "a service binding" });
      const { results } = await this.#enqueue(jobs, async () => ({ results: await this.#jobs().enqueueMany(jobs) }));
      return [...results];
    }
  } as unknown as RuntimeSubclass<Base, JobsEntrypoint>;
}

/** @throws `invalid_config` for props of another shape: whoever wrote them meant to allow less than everything */
function boundsIn(props: unknown): EntrypointProps {
  const { producer, ...bounds } = (props ?? {}) as Record<string, unknown>;
  const problems = new Problems();
  if (producer !== undefined && typeof producer !== "string") problems.add(["producer"], "is no name");
  checkBounds(bounds, problems, []);
  if (problems.count > 0) throw problems.error("invalid_config", "The props of the binding cannot be taken");
  return { ...bounds, ...(typeof producer === "string" ? { producer } : {}) };
}
