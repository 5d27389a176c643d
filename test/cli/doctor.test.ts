/**
 * The doctor that asks the wake ledger, over the API of the deployment that has it.
 * @module
 */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { run } from "./program.ts";
import { sampleQueue } from "./sample-queue.ts";

const { database } = sampleQueue();

describe("mayfly doctor --url", () => {
  let metrics = "";
  const server = createServer((request, response) => {
    const isOperator = request.headers.authorization === "Bearer boss" && request.url === "/app/metrics";
    response.writeHead(isOperator ? 200 : 401).end(isOperator ? metrics : "");
  });
  before(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  after(() => server.close());

  async function doctor(token: string) {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/app/`;
    const env = { DATABASE_URL: database.url, MAYFLY_OPERATOR_TOKENS: `${token}, another` };
    const program = run(["doctor", "--url", url, "--config", "test/cli/sample.config.ts"], env);
    return { code: await program.ended, all: program.output() };
  }

  test("tells of jobs that came without a wake", async () => {
    metrics = "# TYPE mayfly_ledger_unannounced_jobs_total counter\nmayfly_ledger_unannounced_jobs_total 2\n";
    assert.match((await doctor("boss")).all, /^warning +wakes +2 jobs came without a wake/m);
  });

  test("says where it asked, if no ledger tells of itself there, or not to this token", async () => {
    metrics = "";
    assert.match((await doctor("boss")).all, /\/app\/metrics tells of no wake ledger/);
    assert.match((await doctor("stranger")).all, /answered 401/);
  });
});
