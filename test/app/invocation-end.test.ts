/**
 * The end of an invocation is the end of its calls of the database, too; and what this program cannot run it does not take in.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createConsumer } from "../../src/app/consumer.ts";
import { createMayfly, defineJob } from "../../src/index.ts";
import type { Driver } from "../../src/postgres/driver/driver.ts";
import { DriverError } from "../../src/postgres/driver/errors.ts";

/** A database that is silent until the call is given up. */
const silent: Driver = {
  query: (_statement, { signal } = {}) =>
    new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(new DriverError("unknown", "given up")))),
  transaction: () => Promise.reject(new Error("nothing asks for one")),
};
const work = defineJob("work");

test("a look at a database that is silent ends with the invocation, and not with its own repeats", async () => {
  const mayfly = createMayfly({ jobs: [work], database: () => silent });
  const lifetime = { claimForMs: 10, hardEndMs: 300 };
  const consumer = createConsumer(mayfly, { handlers: [], runtime: "test", concurrency: 1, lifetime });
  await assert.rejects(consumer.tick(undefined), { code: "database_reply_lost" });
});

test("a definition that createMayfly was not given is refused at the enqueue, alone and in a batch", async () => {
  const jobs = createMayfly({ jobs: [work], database: () => silent }).connect(undefined);
  const other = defineJob("other");
  const refused = { code: "unknown_job", message: /"other" is not among the jobs of createMayfly/ };
  await assert.rejects(jobs.enqueue(other, {}), refused);
  await assert.rejects(
    jobs.enqueueMany([
      [work, {}],
      [other, {}],
    ]),
    { message: /"other" is not among the jobs of createMayfly/ },
  );
});
