/**
 * The composition root of a program that only enqueues, with a database and no API between.
 * @module
 */
import { createIdSource } from "../base/ids.ts";
import { Problems } from "../base/problems.ts";
import { type Limits, resolveLimits } from "../enqueue/limits.ts";
import { createProducerClient } from "../enqueue/producer-client.ts";
import type { ProducerClient } from "../job/jobs-client.ts";
import type { Driver } from "../postgres/driver/driver.ts";
import { producerStore } from "../postgres/producer-store.ts";
import { systemClock } from "./system-clock.ts";

export interface ProducerOptions<Env> {
  /** The database in this environment. A driver, not its URL: a bundle then holds no other client of Postgres than the one that it uses. */
  readonly database: (env: Env) => Driver;
  /** As in `createMayfly`. */
  readonly limits?: Partial<Limits>;
}

export interface Producer<Env> {
  /** The producer's client in this environment. */
  connect(env: Env): ProducerClient;
}

/**
 * Configures a producer. Reads nothing and connects to nothing until it is used.
 * @throws `invalid_config` with everything that is wrong
 */
export function createProducer<Env = unknown>(options: ProducerOptions<Env>): Producer<Env> {
  const problems = new Problems();
  const limits = resolveLimits(options.limits, problems);
  if (problems.count > 0) throw problems.error("invalid_config", "createProducer cannot work with these limits");
  const ids = { newId: createIdSource(systemClock), clock: systemClock };
  return {
    connect: (env) =>
      createProducerClient({
        store: producerStore({ driver: options.database(env), clock: systemClock }),
        limits,
        ids,
      }),
  };
}
