/**
 * What every engine runs without a cron, whatever starts its consumers: the app has the jobs of test/adapters/engine-jobs.ts.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { EnqueueResult } from "../../src/job/jobs-client.ts";
import { until } from "./condition.ts";
import type { TestDatabase } from "./database.ts";

export interface EngineApp {
  readonly database: () => Pick<TestDatabase, "sql">;
  /** The shortest delay by which the platform can start a consumer. */
  readonly delay: string;
  /** Calls the API as an operator. @throws for an answer that says no */
  post(path: string, body?: object): Promise<unknown>;
  /** Says that somebody has put in a job by SQL. */
  wake(): Promise<unknown>;
  /** Waits until no consumer is under way, and none is about to be started. */
  quiet(): Promise<unknown>;
}

export async function enqueueIn({ post }: Pick<EngineApp, "post">, ...jobs: readonly object[]): Promise<readonly EnqueueResult[]> {
  const answer = (await post("/v1/jobs", jobs.length === 1 ? jobs[0] : { jobs })) as EnqueueResult & { results?: EnqueueResult[] };
  return answer.results ?? [answer];
}

/** Waits until so many jobs of a name have succeeded, and no more than those. */
export function succeededIn({ database }: Pick<EngineApp, "database">, name: string, jobs = 1): Promise<true> {
  return until(async () => {
    const [row] = await database().sql<{ count: number }>(
      "select count(*)::integer as count from mayfly.result where name = $1 and outcome = 'successful'",
      [name],
    );
    assert.ok((row?.count ?? 0) <= jobs, `${row?.count} instead of ${jobs}`);
    return row?.count === jobs;
  });
}

/** Defines a test for each way in which a job becomes runnable. */
export function runsWithoutCron(app: EngineApp): void {
  const { delay } = app;
  const enqueue = (...jobs: readonly object[]) => enqueueIn(app, ...jobs);
  const succeeded = (name: string, jobs?: number) => succeededIn(app, name, jobs);

  test("a job that can run at once", async () => {
    await enqueue({ name: "quick" });
    await succeeded("quick");
  });

  test("a job with a delay", async () => {
    await enqueue({ name: "quick", delay });
    await succeeded("quick");
  });

  test("a retry", async () => {
    await enqueue({ name: "flaky" });
    await succeeded("flaky");
  });

  test("what a handler puts in, for now and for later", async () => {
    await enqueue({ name: "chain", payload: { left: 5 } }, { name: "later", payload: { delay } });
    await succeeded("chain", 6);
    await succeeded("quick");
  });

  test("a job that its running limit admits", async () => {
    await enqueue({ name: "single", payload: { ms: 300 } });
    await enqueue({ name: "single", payload: { ms: 0 } });
    await succeeded("single", 2);
  });

  test("what waited in a queue that is resumed", async () => {
    await app.post("/v1/queues/default/pause");
    await enqueue({ name: "quick" });
    await app.quiet();
    await app.post("/v1/queues/default/resume");
    await succeeded("quick");
  });

  test("a retry by hand", async () => {
    const [job] = await enqueue({ name: "quick" });
    await succeeded("quick");
    await app.quiet();
    await app.post(`/v1/jobs/${job?.id}/retry`);
    await succeeded("quick", 2);
  });

  test("what somebody has put in by SQL, and says so", async () => {
    await app.database().sql(`select from mayfly.enqueue_v1('[{"name": "quick"}]')`);
    await app.wake();
    await succeeded("quick");
  });
}
