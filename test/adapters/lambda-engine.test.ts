/**
 * Ticks by way of a wake queue, in processes that speak Lambda's protocol, over a real Postgres: what becomes runnable is run without a cron.
 * @module
 */
import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import { systemClock } from "../../src/app/system-clock.ts";
import { useStage } from "../support/adapter.ts";
import { bundle } from "../support/bundle.ts";
import { until } from "../support/condition.ts";
import { empty } from "../support/content.ts";
import { enqueueIn, runsWithoutCron, succeededIn } from "../support/engine-app.ts";
import { type FakeAws, fakeAws } from "../support/lambda/fake-aws.ts";
import { toEvent, toResponse } from "../support/lambda/http-event.ts";
import { createFunction, type LambdaFunction } from "../support/lambda/runtime-api.ts";
import { startWakeEndpoint, traceOf, type WakeEndpoint } from "../support/lambda/wake-endpoint.ts";

let built: Awaited<ReturnType<typeof bundle>>;
let aws: FakeAws;
let endpoint: WakeEndpoint;
let api: LambdaFunction;
let tick: LambdaFunction;

const stage = useStage(async (stage) => {
  built = await bundle("test/adapters/functions/lambda-engine.ts");
  // Everything comes twice, as it may.
  const invoke = (event: object, hop: number) => tick.invoke(event, traceOf(hop));
  aws = fakeAws({ clock: systemClock, random: () => 0, invoke, maximumConcurrency: 4, doubles: true });
  endpoint = await startWakeEndpoint(aws);
  const env = { ...stage.env, ...endpoint.env };
  api = createFunction({ root: built.root, handler: "index.api", env, timeoutMs: 29_000 });
  tick = createFunction({ root: built.root, handler: "index.tick", env, timeoutMs: 60_000 });
});
after(async () => {
  aws.stop();
  for (const each of [api, tick]) await each.stop();
  await endpoint.close();
  built.remove();
});
beforeEach(async () => {
  await quiet();
  await empty(stage.database);
});

/** Waits until no message is on its way, and no tick under way. */
const quiet = () => until(() => aws.busy === 0);

const database = () => stage.database;

async function post(path: string, body: object = {}): Promise<unknown> {
  const headers = { authorization: "Bearer operator" };
  const response = toResponse(await api.invoke(toEvent(path, { method: "POST", headers, body: JSON.stringify(body) })));
  assert.ok(response.ok, `${path}: ${response.status}`);
  return await response.json();
}

describe("without a cron there runs", () => {
  runsWithoutCron({ database, delay: "2s", post, wake: () => post("/v1/wake"), quiet });

  test("a burst of a thousand jobs, each once, in as many ticks at a time as there may be", async () => {
    await enqueueIn({ post }, ...Array.from({ length: 1_000 }, () => ({ name: "slow", payload: { ms: 20 } })));
    await succeededIn({ database }, "slow", 1_000);
    await quiet();
    const [row] = await stage.database.sql<{ workers: number; jobs: number }>(
      "select count(distinct worker_id)::integer as workers, count(distinct id)::integer as jobs from mayfly.result",
    );
    assert.equal(row?.jobs, 1_000);
    assert.ok((row?.workers ?? 0) >= 2, `${row?.workers} workers`);
    assert.equal(aws.mostAtOnce, 4);
  });
});

describe("a job that is due in minutes", () => {
  const farShots = () => aws.oneShots.filter(({ name }) => /^wake-\d{4}-\d\d-\d\dT\d\d-\d\d$/.test(name));

  test("arms a one-shot that is named by its minute, and a second one none", async () => {
    await post("/v1/wake", { delay: "20m" });
    await until(() => aws.busy === 0);
    const before = farShots().length;
    await post("/v1/wake", { delay: "20m" });
    const shots = farShots();
    // A minute may have begun in between.
    assert.ok(shots.length - before <= 1);
    const shot = shots.find(({ fireAt }) => fireAt - Date.now() > 15 * 60_000);
    assert.equal(shot?.fireAt, (shot?.message.at ?? 0) - 60_000);
  });

  test("has what is left sent on as a delay where the one-shot comes, and no query is made for that", async () => {
    await post("/v1/wake", { delay: "4m" });
    const shot = farShots().find(({ fireAt }) => fireAt - Date.now() < 5 * 60_000 && fireAt - Date.now() > 60_000);
    assert.ok(shot);
    const [row] = await stage.database.sql<{ workers: number }>("select count(*)::integer as workers from mayfly.worker");
    const sent = aws.sent.length;
    aws.fire(shot.name);
    await until(() => aws.sent.length > sent);
    const { message, delaySeconds } = aws.sent[sent] ?? assert.fail();
    assert.equal(message.at, shot.message.at);
    assert.ok(Math.abs(delaySeconds - ((message.at ?? 0) - Date.now()) / 1_000) < 60);
    assert.deepEqual(await stage.database.sql("select count(*)::integer as workers from mayfly.worker"), [row]);
    aws.stop();
  });
});

test("AWS would have refused nothing that was sent", () => {
  assert.deepEqual(endpoint.refused, []);
});
