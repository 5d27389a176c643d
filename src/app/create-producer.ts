/**
 * The composition root of a program that only enqueues, with a database and no API between.
 * @module
 */
import { createIdSource } from "../base/ids.ts";
import { Problems } from "../base/problems.ts";
import { enqueueOne } from "../enqueue/enqueue-one.ts";
import { type Limits, resolveLimits } from "../enqueue/limits.ts";
import type { Producing } from "../enqueue/producing.ts";
import type { ProducerClient } from "../job/jobs-client.ts";
import type { AskOptions } from "../postgres/ask.ts";
import type { Driver } from "../postgres/driver/driver.ts";
import { oneByOneStore } from "../postgres/producer-store.ts";
import { systemClock } from "./system-clock.ts";

export interface ProducerOptions<Env> {
  /** The database in this environment. A driver, not its URL: a bundle then holds no other client of Postgres than the one that it uses. */
  readonly database: (env: Env) => Driver;
  /** As in `createMayfly`. */
  readonly limits?: Partial<Limits>;
}

/** Something that not every producer does: only a program that names it has it in its bundle. */
export interface Part<Verbs extends object = object> {
  readonly store?: (options: AskOptions) => object;
  readonly uses?: Partial<Producing>;
  readonly verbs?: (producing: Producing) => Verbs;
}

/** The verbs of all these parts. */
export type VerbsOf<Parts> = Parts extends readonly [Part<infer Verbs>, ...infer Others] ? Verbs & VerbsOf<Others> : object;

export interface Producer<Env, Client extends object = Pick<ProducerClient, "enqueue">> {
  /** The producer's client in this environment. */
  connect(env: Env): Client;
  /**
   * The same producer with more parts: `batches`, `transactions`, `rules`, `callSites`.
   * @example
   * ```ts
   * const producer = createProducer<Env>({ database: (env) => neonHttp(env.DATABASE_URL) }).with(batches, rules);
   * await producer.connect(env).enqueueMany([[welcome, { userId }]]);
   * ```
   */
  with<const Parts extends readonly Part[]>(...parts: Parts): Producer<Env, Client & VerbsOf<Parts>>;
}

/**
 * Configures a producer, whose client has the verb `enqueue`. Reads nothing and connects to nothing until it is used.
 * @throws `invalid_config` with everything that is wrong
 */
export function createProducer<Env = unknown>(options: ProducerOptions<Env>): Producer<Env> {
  const problems = new Problems();
  const limits = resolveLimits(options.limits, problems);
  if (problems.count > 0) throw problems.error("invalid_config", "createProducer cannot work with these limits");
  const ids = { newId: createIdSource(systemClock), clock: systemClock };

  function producerOf<Client extends object>(parts: readonly Part[]): Producer<Env, Client> {
    return {
      connect(env) {
        const asking = { driver: options.database(env), clock: systemClock };
        const store = Object.assign({}, ...parts.map((part) => part.store?.(asking))) as Producing["store"];
        const producing = Object.assign({ store, limits, ids }, ...parts.map(({ uses }) => uses)) as Producing;
        return Object.assign({}, ...parts.map(({ verbs }) => verbs?.(producing))) as Client;
      },
      with: (...more) => producerOf([...parts, ...more]),
    };
  }

  return producerOf([{ store: oneByOneStore, verbs: enqueueOne }]);
}
