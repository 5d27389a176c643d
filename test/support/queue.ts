/**
 * A whole queue over one Postgres, put together as users do it.
 * @module
 */
import type { MayflyOptions } from "../../src/app/config.ts";
import { type Consumer, createConsumer } from "../../src/app/consumer.ts";
import { createMayfly, type Mayfly } from "../../src/app/create-mayfly.ts";
import type { Handler } from "../../src/job/handler.ts";
import type { JobsClient } from "../../src/job/jobs-client.ts";
import type { Driver } from "../../src/postgres/driver/driver.ts";
import { type TestDatabase, useDatabase } from "./database.ts";
import { recordingLogger } from "./worker.ts";

export interface Queue {
  readonly mayfly: Mayfly<undefined>;
  readonly jobs: JobsClient;
  consumer(handlers: readonly Handler<undefined>[]): Consumer<undefined>;
  /** Runs a tick, until there is nothing left to do. */
  tick(handlers: readonly Handler<undefined>[]): Promise<unknown>;
}

/** Opens the database before the tests of a file, and empties it before each of them. */
export function useQueue(): { readonly database: TestDatabase; open(options: Omit<MayflyOptions<undefined, Driver>, "database">): Queue } {
  const database = useDatabase();
  return {
    database,
    open(options) {
      const mayfly = createMayfly<undefined>({ logger: recordingLogger(), ...options, database: () => database.driver });
      const consumer = (handlers: readonly Handler<undefined>[]) =>
        createConsumer(mayfly, { handlers, runtime: "test", concurrency: 10, lifetime: { claimForMs: 5_000, hardEndMs: 900_000 } });
      return { mayfly, jobs: mayfly.connect(undefined), consumer, tick: (handlers) => consumer(handlers).tick(undefined) };
    },
  };
}
