/**
 * The Cloudflare adapter in a real workerd, over Neon's protocol, on a real Postgres.
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { createTestHarness, type TestHarness } from "wrangler";
import { pgDatabase } from "../../src/dev/neon-endpoint/database.ts";
import { type NeonEndpoint, startNeonEndpoint } from "../../src/dev/neon-endpoint/server.ts";
import type { EnqueueResult, JobStatus } from "../../src/job/jobs-client.ts";
import { until } from "../support/condition.ts";
import { empty } from "../support/content.ts";
import { type TestDatabase, type TestServer, testServer } from "../support/database.ts";
import { claim, newJob } from "../support/samples.ts";

// Without it, workerd's outside looks up where it is.
process.env.CLOUDFLARE_CF_FETCH_ENABLED = "false";
process.env.WRANGLER_SEND_METRICS = "false";

let server: TestServer;
let database: TestDatabase;
let endpoint: NeonEndpoint;
before(async () => {
  server = await testServer(18);
  database = await server.database();
  endpoint = await startNeonEndpoint({ database: pgDatabase(database.pool) });
});
after(async () => {
  await endpoint.close();
  await database.close();
  await server.stop();
});

/** A Worker under test. */
interface Subject {
  send(path: string, body?: unknown): Promise<Response>;
  /** Fires the cron trigger and waits for its end. */
  tick(): Promise<void>;
}

function inWorkerd(config: string, define: (subject: Subject) => void): void {
  describe(config, () => {
    let harness: TestHarness;
    before(async () => {
      const { host } = new URL(endpoint.url);
      harness = createTestHarness({
        workers: [
          {
            configPath: join(import.meta.dirname, "../..", config),
            vars: {
              DATABASE_URL: `postgresql://user:password@${host}/db`,
              MAYFLY_NEON_ENDPOINT: endpoint.url,
              MAYFLY_OPERATOR_TOKENS: "token-of-a-test",
              GREETING: "Hello",
            },
          },
        ],
      });
      await harness.listen();
    });
    after(() => harness.close());
    beforeEach(() => empty(database));
    // A poke of one test must not run the jobs of the next.
    afterEach(async () => {
      await until(async () => (await database.sql("select id from mayfly.worker where left_at is null")).length === 0);
    });
    define({
      async send(path, body) {
        const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
        return (await harness.fetch(path, { ...init, headers: { authorization: "Bearer token-of-a-test" } })) as unknown as Response;
      },
      async tick() {
        const { outcome } = await harness.getWorker().scheduled({ cron: "* * * * *" });
        assert.equal(outcome, "ok");
      },
    });
  });
}

/** Asks until the job has ended. */
function untilEnded({ send }: Subject, path: string): Promise<JobStatus> {
  return until(async () => {
    const job = (await (await send(path)).json()) as JobStatus;
    return job.finishedAt !== undefined && job;
  });
}

const successful = () => database.sql<{ name: string }>("select name from mayfly.result where outcome = 'successful' order by name");

inWorkerd("test/adapters/workers/standalone.toml", (subject) => {
  test("an enqueue is answered, and then the poke runs the job with its environment", async () => {
    const response = await subject.send("/v1/jobs", { name: "greet", payload: { name: "Ada" } });
    const { id, outcome } = (await response.json()) as EnqueueResult;
    assert.deepEqual([response.status, outcome], [201, "enqueued"]);
    const job = await untilEnded(subject, `/v1/jobs/${id}`);
    assert.deepEqual([job.state, job.attempts[0]?.output], ["successful", "Hello, Ada"]);
    const [worker] = await database.sql("select runtime, queues, deadline_at > now() as ends from mayfly.worker limit 1");
    assert.deepEqual(worker, { runtime: "cloudflare", queues: ["default"], ends: true });
  });

  test("the cron trigger runs what is there and what that enqueues, and signs off", async () => {
    await database.store.enqueue([1, 2, 3, 4, 5].map((n) => newJob({ name: "greet", payload: { name: `${n}` } })));
    await subject.tick();
    assert.deepEqual(
      (await successful()).map(({ name }) => name),
      [...Array(5).fill("follow-up"), ...Array(5).fill("greet")],
    );
    assert.deepEqual(
      await database.sql(
        "select count(*)::int as jobs, (select count(*)::int from mayfly.worker where left_at is null) as here from mayfly.live",
      ),
      [{ jobs: 0, here: 0 }],
    );
  });

  test("the cron trigger rescues what a dead worker left", async () => {
    const job = newJob({ name: "greet", payload: { name: "Bo" }, retries: 1 });
    await database.store.enqueue([job]);
    await claim(database.store, { names: ["greet"] });
    await database.sql("update mayfly.worker set heartbeat_at = now() - interval '91 seconds'");
    await subject.tick();
    const status = await database.store.job(job.id);
    assert.deepEqual(
      status?.attempts.map(({ outcome }) => outcome),
      ["lost", "successful"],
    );
  });

  test("jobs of a queue that is not served here wait, and are told as waiting", async () => {
    const response = await subject.send("/v1/jobs", {
      jobs: [{ name: "elsewhere" }, { name: "greet", payload: { name: "Cy" }, delay: "1h" }],
    });
    assert.equal(response.status, 201);
    await subject.tick();
    assert.deepEqual(await database.sql("select name, state from mayfly.live order by name"), [
      { name: "elsewhere", state: "ready" },
      { name: "greet", state: "scheduled" },
    ]);
  });

  test("errors are problem details here too", async () => {
    const response = await subject.send("/v1/jobs", { name: "nobody" });
    assert.deepEqual([response.status, response.headers.get("content-type")], [422, "application/problem+json"]);
  });
});

inWorkerd("test/adapters/workers/mounted.toml", (subject) => {
  test("an enqueue in the app's own route is run by the poke; the API answers under its path", async () => {
    const response = await subject.send("/work", {});
    const { id } = (await response.json()) as EnqueueResult;
    assert.equal(response.status, 202);
    const job = await untilEnded(subject, `/queue/v1/jobs/${id}`);
    assert.deepEqual([job.state, job.attempts[0]?.output], ["successful", 2]);
    assert.equal((await subject.send(`/v1/jobs/${id}`)).status, 404);
  });

  test("an enqueue over the API under that path is run by the poke", async () => {
    const response = await subject.send("/queue/v1/jobs", { name: "work", payload: { n: 41 } });
    const job = await untilEnded(subject, response.headers.get("location") ?? "");
    assert.equal(job.attempts[0]?.output, 42);
  });

  test("the cron trigger runs the app's jobs", async () => {
    await database.store.enqueue([newJob({ payload: { n: 1 } })]);
    await subject.tick();
    assert.deepEqual(await successful(), [{ name: "work" }]);
  });
});
