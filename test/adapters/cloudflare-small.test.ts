/**
 * The small bundles in a real workerd: a producer, and the starter without the dashboard.
 * @module
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { TestHarness } from "wrangler";
import type { EnqueueResult, TransactionResult } from "../../src/job/jobs-client.ts";
import { useStage } from "../support/adapter.ts";
import { startWorkers } from "../support/workerd.ts";

const stage = useStage();

function worker(config: string) {
  let harness: TestHarness;
  before(async () => {
    harness = await startWorkers([`test/adapters/workers/${config}.toml`], stage.env);
  });
  after(() => harness.close());
  return {
    send: (path: string, body?: unknown) => harness.fetch(path, body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    tick: () => harness.getWorker().scheduled({ cron: "* * * * *" }),
  };
}

describe("a producer", () => {
  const { send } = worker("producer");
  const ask = async <T>(path: string, body: unknown) => (await (await send(path, body)).json()) as T;

  test("enqueues, and is told of what is in the way and what is wrong", async () => {
    const first = await ask<EnqueueResult>("/", { name: "Ada" });
    assert.equal(first.outcome, "enqueued");
    assert.deepEqual(
      await stage.database.sql(
        "select l.id, l.name, l.state, j.payload, j.source is not null as source from mayfly.live l join mayfly.job j on j.id = l.id",
      ),
      [{ id: first.id, name: "greet", state: "scheduled", payload: { name: "Ada" }, source: true }],
    );
    const second = await ask<EnqueueResult>("/", { name: "Ada" });
    assert.deepEqual([second.outcome, second.existingId], ["blocked", first.id]);
    assert.deepEqual(await ask("/", { name: 7 }), {
      code: "invalid_options",
      problems: [
        { path: ["options", "concurrencyKey"], message: "is of type number; it is valid text of 1 to 255 characters, without NUL" },
      ],
    });
  });

  test("enqueues in a transaction", async () => {
    const { outcome, rows } = await ask<TransactionResult>("/transaction", { name: "Bo" });
    assert.deepEqual([outcome, rows[1]], ["committed", [{ one: "1" }]]);
    assert.deepEqual(await ask("/transaction", { name: "Bo" }), { code: "blocked", problems: [] });
    assert.equal((await stage.database.sql("select from mayfly.job where payload->>'name' = 'Bo'")).length, 1);
  });
});

describe("the starter without the dashboard", () => {
  const { send, tick } = worker("starter-api");
  before(() => stage.database.pool.query(readFileSync(join(import.meta.dirname, "../../examples/starter/schema.sql"), "utf8")));

  test("runs its jobs, and has the API", async () => {
    const { userId } = (await (await send("/signup", { email: "ada@example.com" })).json()) as { userId: string };
    assert.ok(userId);
    assert.equal((await tick()).outcome, "ok");
    const emails = (await (await send("/outbox")).json()) as { recipient: string }[];
    assert.deepEqual(
      emails.map(({ recipient }) => recipient),
      ["ada@example.com"],
    );
    assert.equal((await send("/healthz")).status, 200);
  });

  test("says that it has no pages", async () => {
    const reply = await send("/");
    assert.deepEqual(
      [reply.status, ((await reply.json()) as { detail: string }).detail],
      [404, "The dashboard is not in this deployment."],
    );
  });
});
