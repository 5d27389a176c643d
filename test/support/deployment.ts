/**
 * A whole deployment on this machine: a Worker in workerd, Neon's HTTP protocol, a real Postgres, and what its users and operators do.
 * @module
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pgDatabase } from "../../src/dev/neon-endpoint/database.ts";
import { startNeonEndpoint } from "../../src/dev/neon-endpoint/server.ts";
import type { EnqueueResult } from "../../src/job/jobs-client.ts";
import { until } from "./condition.ts";
import { type TestDatabase, testServer } from "./database.ts";
import { startWorkers } from "./workerd.ts";

/** An operator's token, and whose it is. */
export const OPERATOR = { name: "ada", token: "ada:a-token-for-tests" };
export const PRODUCER_TOKEN = "shop:another-token-for-tests";

export interface DeploymentOptions {
  /** Path of the wrangler configuration, from the root of the repository. */
  readonly config: string;
  /** Files of SQL to run first. */
  readonly sql?: readonly string[];
  readonly vars?: Readonly<Record<string, string>>;
}

export interface Deployment {
  readonly url: string;
  readonly database: TestDatabase;
  /** Asks the Worker, as a producer unless another token is given. */
  send(path: string, body?: unknown, token?: string): Promise<Response>;
  /** Enqueues a job over the API. */
  enqueue(job: Readonly<Record<string, unknown>>): Promise<string>;
  /** Runs a tick, and waits for its end. */
  tick(): Promise<void>;
  /** Waits until no invocation is under way. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

const root = join(import.meta.dirname, "../..");

export async function startDeployment({ config, sql = [], vars = {} }: DeploymentOptions): Promise<Deployment> {
  const server = await testServer(18);
  const database = await server.database();
  for (const file of sql) await database.sql(readFileSync(join(root, file), "utf8"));
  const endpoint = await startNeonEndpoint({ database: pgDatabase(database.pool) });
  const workers = await startWorkers([config], {
    DATABASE_URL: `postgresql://user:password@${new URL(endpoint.url).host}/db`,
    MAYFLY_NEON_ENDPOINT: endpoint.url,
    MAYFLY_OPERATOR_TOKENS: OPERATOR.token,
    MAYFLY_PRODUCER_TOKENS: PRODUCER_TOKEN,
    ...vars,
  });
  const { url } = await workers.listen();

  async function send(path: string, body?: unknown, token = PRODUCER_TOKEN): Promise<Response> {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    return (await workers.fetch(path, { ...init, headers: { authorization: `Bearer ${token}` } })) as unknown as Response;
  }

  return {
    url: url.origin,
    database,
    send,
    async enqueue(job) {
      const response = await send("/v1/jobs", job);
      const answer = (await response.json()) as EnqueueResult;
      assert.equal(response.status, 201, JSON.stringify(answer));
      return answer.id;
    },
    async tick() {
      // A cron would ask the ledger first, which does not know of what a test has moved by SQL.
      const response = await send("/v1/tick", {}, OPERATOR.token);
      assert.equal(response.status, 200, await response.text());
    },
    async quiet() {
      await until(async () => (await database.sql("select from mayfly.worker where left_at is null")).length === 0);
    },
    async close() {
      await workers.close();
      await endpoint.close();
      await database.close();
      await server.stop();
    },
  };
}
