/**
 * From a Worker in workerd to a container's processes: one link across, and what is told of attempts that end badly there.
 * @module
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { TestHarness } from "wrangler";
import type { EnqueueResult } from "../../src/job/jobs-client.ts";
import { type Program, run } from "../cli/program.ts";
import { useStage } from "../support/adapter.ts";
import { linesOf, until } from "../support/condition.ts";
import { startWorkers } from "../support/workerd.ts";
import { mayfly } from "./deployed/container.config.ts";

const folder = join(import.meta.dirname, "deployed");

interface Told {
  readonly pid: number;
  readonly span?: string;
  readonly spanId?: string;
  readonly parent?: string;
  readonly links?: readonly string[];
  readonly events?: number;
  readonly metric?: string;
  readonly value?: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
}

let worker: TestHarness;
let container: Program;
let scratch: string;
const stage = useStage(async ({ env, database }) => {
  worker = await startWorkers(["test/adapters/workers/traced.toml"], env);
  scratch = mkdtempSync(join(tmpdir(), "mayfly-spans-"));
  const telemetry = pathToFileURL(join(folder, "telemetry.ts")).href;
  container = run(["worker", "--config", join(folder, "container.config.ts"), "--max-processes", "1", "--kill-after", "500ms"], {
    DATABASE_URL: database.url,
    SPANS: join(scratch, "spans"),
    NODE_OPTIONS: `--import ${telemetry}`,
  });
  await container.printed("processes started");
});
after(async () => {
  await worker.close();
  rmSync(scratch, { recursive: true });
});

const told = () => linesOf(join(scratch, "spans")).map((line) => JSON.parse(line) as Told);

/** The span of the attempt of this job. */
const attemptOf = (id: string) =>
  until(() => told().find(({ span, attributes }) => span === "process default" && attributes["messaging.message.id"] === id));

async function enqueueInWorker(headers: Record<string, string> = {}): Promise<string> {
  const body = JSON.stringify({ name: "greet", payload: { name: "Ada" } });
  const response = await worker.fetch("/v1/jobs", { method: "POST", body, headers: { authorization: "Bearer producer", ...headers } });
  return ((await response.json()) as EnqueueResult).id;
}

async function enqueue(name: string): Promise<string> {
  const definition = mayfly.definitions.get(name) as never;
  return (
    await mayfly
      .withDriver(stage.database.driver)
      .connect({})
      .enqueue(definition, {} as never)
  ).id;
}

const CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

test("without an SDK in the Worker, the attempt in the container links to the span of whoever called it", async () => {
  const attempt = await attemptOf(await enqueueInWorker({ traceparent: CALLER }));
  assert.deepEqual([attempt.links, attempt.attributes["mayfly.outcome"]], [["b7ad6b7169203331"], "successful"]);
});

test("a header that is no trace context refuses nothing", async () => {
  const attempt = await attemptOf(await enqueueInWorker({ traceparent: "x".repeat(2_000), tracestate: "y".repeat(2_000) }));
  assert.deepEqual(attempt.links, []);
});

test("with one, it links to the Worker's send span, which is flushed after the response; the handler's span is inside of it, in its process", async () => {
  await worker.fetch("/register");
  const attempt = await attemptOf(await enqueueInWorker({ traceparent: CALLER }));
  const { spans, flushes } = (await (await worker.fetch("/spans")).json()) as {
    readonly spans: { name: string; spanId: string; traceId: string; parent?: string }[];
    readonly flushes: number;
  };
  const [sent] = spans;
  assert.deepEqual([spans.length, sent?.name, sent?.traceId, sent?.parent], [1, "send default", CALLER.slice(3, 35), "b7ad6b7169203331"]);
  assert.ok(flushes > 0);
  assert.deepEqual(attempt.links, [sent?.spanId]);
  const own = told().find(({ span, parent }) => span === "say" && parent === attempt.spanId);
  assert.equal(own?.pid, attempt.pid);
  assert.notEqual(attempt.pid, container.pid);
  const line = container
    .output()
    .split("\n")
    .find((one) => one.includes("greeted") && one.includes(own?.spanId ?? "-"));
  assert.equal((JSON.parse(line ?? "{}") as { jobId?: string }).jobId, attempt.attributes["messaging.message.id"]);
});

test("an attempt that goes down with its process is told of by the worker; a time-out and a stray rejection by the process itself", async () => {
  const [left, hung, strayed] = [await enqueue("leave"), await enqueue("hang"), await enqueue("stray")];
  const attempts = [await attemptOf(left), await attemptOf(hung), await attemptOf(strayed)];
  assert.deepEqual(
    attempts.map(({ pid, events, attributes }) => [pid === container.pid, events, attributes["mayfly.outcome"], attributes["error.type"]]),
    [
      [true, 1, "lost", "job_lost"],
      [false, 1, "errored", "job_timed_out"],
      [false, 1, "errored", "TypeError"],
    ],
  );
});

test("an attempt whose handler throws job_lost is told of by its process, and by nobody else", async () => {
  const pretended = await enqueue("pretend");
  const { pid, attributes } = await attemptOf(pretended);
  assert.deepEqual([pid === container.pid, attributes["mayfly.outcome"], attributes["error.type"]], [false, "errored", "job_lost"]);
  // The worker's own would be there by now.
  await until(async () => (await stage.database.sql("select 1 from mayfly.live")).length === 0);
  const spans = told().filter(({ span, attributes: own }) => span === "process default" && own["messaging.message.id"] === pretended);
  assert.equal(spans.length, 1);
});

test("what the container measured is out before it has ended", async () => {
  await until(async () => (await stage.database.sql("select 1 from mayfly.live")).length === 0);
  container.interrupt();
  assert.equal(await container.ended, 0, container.output());
  const consumed = told().filter(({ metric, pid }) => metric === "messaging.client.consumed.messages" && pid === container.pid);
  assert.deepEqual(
    consumed
      .map(({ attributes, value }) => [attributes["mayfly.job.name"], attributes["mayfly.outcome"], attributes["error.type"], value])
      .sort(),
    [
      ["greet", "successful", undefined, 3],
      ["hang", "errored", "job_timed_out", 1],
      ["leave", "lost", "job_lost", 1],
      ["pretend", "errored", "job_lost", 1],
      ["stray", "errored", "TypeError", 1],
    ],
  );
  const slots = told().find(({ metric }) => metric === "mayfly.worker.slots");
  assert.equal(slots?.value, 0, "at its end it can run none");
});
