/**
 * The promises of an adapter, kept by an adapter that a test deploys.
 * @module
 */
import { after, before, describe, test } from "node:test";
import { pgDatabase } from "../../src/dev/neon-endpoint/database.ts";
import { type NeonEndpoint, startNeonEndpoint } from "../../src/dev/neon-endpoint/server.ts";
import { type AdapterSubject, adapterPromises } from "../../src/testing/index.ts";
import { startTestServer, type TestDatabase, type TestServer, testServer } from "./database.ts";
import { openGate } from "./gate.ts";
import type { PostgresServer, SharedPostgres } from "./postgres.ts";

/** What a deployment needs to know, as its environment. */
export type DeploymentEnv = Readonly<Record<string, string>>;

export type Deployment = Pick<AdapterSubject, "request" | "tick" | "crash" | "tooLongMs"> & { close(): Promise<unknown> };

export interface Stage {
  readonly env: DeploymentEnv;
  readonly database: TestDatabase;
}

type SetUp = (stage: Stage) => Promise<void>;

/** A database on a real Postgres, and Neon's protocol in front of it, for the tests of a file. `setUp` runs once they are there. */
export function useStage(setUp: SetUp = async () => {}): Stage {
  return stageOn(() => testServer(18), setUp);
}

/** The same on a server of its own, which the tests may crash. */
export function useOwnStage(setUp: SetUp = async () => {}): Stage & { readonly server: PostgresServer } {
  return stageOn(() => startTestServer(18), setUp);
}

function stageOn<Server extends SharedPostgres>(
  start: () => Promise<TestServer<Server>>,
  setUp: SetUp,
): Stage & { readonly server: Server } {
  let server: TestServer<Server>;
  let database: TestDatabase;
  let endpoint: NeonEndpoint;
  before(async () => {
    server = await start();
    database = await server.database();
    endpoint = await startNeonEndpoint({ database: pgDatabase(database.pool) });
    await setUp(stage);
  });
  after(async () => {
    await endpoint.close();
    await database.close();
    await server.stop();
  });
  const stage = {
    get env() {
      return {
        DATABASE_URL: `postgresql://user:password@${new URL(endpoint.url).host}/db`,
        MAYFLY_NEON_ENDPOINT: endpoint.url,
        MAYFLY_PRODUCER_TOKENS: "producer",
        MAYFLY_OPERATOR_TOKENS: "operator",
        CRON_SECRET: "cron",
        GREETING: "Hello",
      };
    },
    get database() {
      return database;
    },
    get server() {
      return server.server;
    },
  };
  return stage;
}

/** Defines a test for each promise. A promise may only be left out for a reason. */
export function keepsPromises(
  what: string,
  stage: ReturnType<typeof useOwnStage>,
  deploy: () => Promise<Deployment>,
  skip: Readonly<Record<string, string>> = {},
): void {
  describe(what, () => {
    let deployment: Deployment;
    before(async () => {
      deployment = await deploy();
    });
    after(() => deployment.close());
    for (const { promise, check } of adapterPromises) {
      test(promise, { skip: skip[promise] ?? false, timeout: 60_000 }, async () => {
        await check({
          request: deployment.request,
          tick: deployment.tick,
          crash: deployment.crash,
          tooLongMs: deployment.tooLongMs,
          token: "producer",
          operatorToken: "operator",
          sql: (text, values) => stage.database.sql(text, values),
          database: stage.server,
          openGate,
        });
      });
    }
  });
}
