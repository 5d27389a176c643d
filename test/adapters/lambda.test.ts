/**
 * The Lambda adapter beyond what every adapter promises: pokes, time-outs, an app of one's own, the size of the bundle.
 * @module
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, beforeEach, test } from "node:test";
import { gzipSync } from "node:zlib";
import { useStage } from "../support/adapter.ts";
import { bundle } from "../support/bundle.ts";
import { empty } from "../support/content.ts";
import { toEvent, toResponse } from "../support/lambda/http-event.ts";
import { type InvokeEndpoint, startInvokeEndpoint } from "../support/lambda/invoke-endpoint.ts";
import { createFunction, type LambdaFunction } from "../support/lambda/runtime-api.ts";
import { newJob } from "../support/samples.ts";

const SCHEDULED = { version: "0", "detail-type": "Scheduled Event", source: "aws.events", detail: {} };
const root = join(import.meta.dirname, "../..");

let built: Awaited<ReturnType<typeof bundle>>;
let endpoint: InvokeEndpoint;
let tick: LambdaFunction;
const functions: LambdaFunction[] = [];

const stage = useStage(async () => {
  built = await bundle("test/adapters/functions/lambda-mounted.ts");
  // The runtime brings AWS's client; here it is this repository's.
  symlinkSync(join(root, "node_modules"), join(built.root, "node_modules"));
});
beforeEach(async () => {
  await empty(stage.database);
  tick = start("tick", 20_000);
  endpoint = await startInvokeEndpoint(tick.invoke);
});
afterEach(() => endpoint.close());
after(async () => {
  for (const each of functions) await each.stop();
  built.remove();
});

function start(name: string, timeoutMs: number, env: Record<string, string> = {}): LambdaFunction {
  const made = createFunction({ root: built.root, handler: `index.${name}`, env: { ...stage.env, ...env }, timeoutMs });
  functions.push(made);
  return made;
}

/** The function that answers requests, with what it needs to poke. */
function startApi(): LambdaFunction {
  const credentials = { AWS_REGION: "eu-central-1", AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
  return start("api", 29_000, { MAYFLY_TICK_FUNCTION: "the-tick", AWS_ENDPOINT_URL_LAMBDA: endpoint.url, ...credentials });
}

const outputs = async () =>
  (await stage.database.sql<{ output: unknown }>("select output from mayfly.result order by finished_at")).map(({ output }) => output);

test("an enqueue in the app's own route pokes: the tick function is invoked before the response, and runs the job", async () => {
  const api = startApi();
  const response = toResponse(await api.invoke(toEvent("/work", { method: "POST" })));
  assert.equal(response.status, 202);
  assert.deepEqual(endpoint.calls, ["the-tick Event"]);
  await endpoint.finished();
  assert.deepEqual(await outputs(), [2]);
  assert.deepEqual(await stage.database.sql("select count(*)::int as here from mayfly.worker where left_at is null"), [{ here: 0 }]);
});

test("many jobs of one request make one poke, and every job is run by it", async () => {
  const api = startApi();
  const body = JSON.stringify({ jobs: Array.from({ length: 20 }, (_, n) => ({ name: "work", payload: { n } })) });
  const headers = { authorization: "Bearer producer" };
  assert.equal(toResponse(await api.invoke(toEvent("/queue/v1/jobs", { method: "POST", headers, body }))).status, 201);
  await endpoint.finished();
  assert.equal(endpoint.calls.length, 1);
  assert.equal((await outputs()).length, 20);
});

test("a poke that fails is logged and fails no request; where no function is named, none is made", async () => {
  endpoint.refuse(500);
  const api = startApi();
  assert.equal(toResponse(await api.invoke(toEvent("/work", { method: "POST" }))).status, 202);
  assert.equal(endpoint.calls.length, 1);
  assert.match(api.logs, /a poke failed; the next scheduled tick runs the jobs/);
  const quiet = start("api", 29_000);
  assert.equal(toResponse(await quiet.invoke(toEvent("/work", { method: "POST" }))).status, 202);
  assert.equal(quiet.logs, "");
});

test("a job whose time-out does not fit into the function's is left, with a warning that names it; others run", async () => {
  await stage.database.store.enqueue([newJob({ name: "long" }), newJob({ payload: { n: 1 } })]);
  await tick.invoke(SCHEDULED);
  assert.deepEqual(await outputs(), [2]);
  assert.deepEqual(await stage.database.sql("select name, state, attempt, parked from mayfly.live"), [
    { name: "long", state: "ready", attempt: 0, parked: null },
  ]);
  assert.match(
    tick.logs,
    /time-outs do not fit into this invocation","workerId":"[^"]+","jobs":\["long \(10m\)"\],"invocationMs":(19|20)\d{3}\}/,
  );
  const wide = start("tick", 900_000);
  await wide.invoke(SCHEDULED);
  assert.deepEqual(await outputs(), [2, "it had the time"]);
  assert.doesNotMatch(wide.logs, /do not fit/);
});

test("an instance is kept from one invocation to the next, and runs nothing in between", async () => {
  await tick.invoke(SCHEDULED);
  await stage.database.store.enqueue([newJob({ payload: { n: 1 } })]);
  await tick.invoke(SCHEDULED);
  assert.deepEqual([tick.starts, await outputs()], [1, [2]]);
});

test("the starter's bundle is under 155 KB gzipped, and holds neither AWS's client nor the container's code", async () => {
  const { file, remove } = await bundle("examples/starter/lambda.ts");
  const text = readFileSync(file);
  remove();
  const size = gzipSync(text, { level: 9 }).length;
  assert.ok(size < 155_000, `${size} bytes`);
  assert.doesNotMatch(text.toString(), /smithy|node:child_process/);
});

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> }>>;
}

/** What serverless.yml would deploy, and how to find the resources of a type. */
function packaged(config: string) {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-package-"));
  mkdirSync(folder, { recursive: true });
  execFileSync(process.execPath, [join(root, "node_modules/osls/bin/serverless.js"), "package", "--config", config, "--package", folder], {
    cwd: root,
    stdio: "pipe",
    env: { PATH: process.env.PATH, HOME: process.env.HOME, DATABASE_URL: "postgresql://user:password@host/db" },
  });
  const { Resources } = JSON.parse(readFileSync(join(folder, "cloudformation-template-update-stack.json"), "utf8")) as Template;
  rmSync(folder, { recursive: true, force: true });
  const of = (type: string) =>
    Object.values(Resources)
      .filter(({ Type }) => Type === type)
      .map(({ Properties }) => Properties);
  /** What the functions may do besides writing their logs. */
  const allowed = () =>
    JSON.stringify(Resources.IamRoleLambdaExecution?.Properties.Policies)
      .match(/"[a-z]+:[A-Z*][A-Za-z*]*"/g)
      ?.filter((action) => !action.startsWith('"logs:'));
  const schedules = () => of("AWS::Events::Rule").map(({ ScheduleExpression }) => ScheduleExpression);
  return { of, allowed, schedules };
}

test("serverless.yml packages the bundle alone: no retries, events of a minute at most, one permission", () => {
  const { of, allowed, schedules } = packaged("serverless.yml");
  const [retries] = of("AWS::Lambda::EventInvokeConfig");
  assert.deepEqual([retries?.MaximumRetryAttempts, retries?.MaximumEventAgeInSeconds], [0, 60]);
  assert.deepEqual(schedules(), ["rate(1 minute)"]);
  const functions = of("AWS::Lambda::Function").map(({ Runtime, Handler, Timeout }) => [Runtime, Handler, Timeout]);
  assert.deepEqual(functions, [
    ["nodejs24.x", "build/lambda/index.api", 29],
    ["nodejs24.x", "build/lambda/index.tick", 900],
  ]);
  assert.deepEqual(allowed(), ['"lambda:InvokeFunction"']);
});

test("with its wake queue it packages that: a message a tick, loops allowed for ticks alone, a look each six hours", () => {
  const lines = readFileSync(join(root, "serverless.yml"), "utf8").split("\n");
  const config = "serverless.with-wake-queue.yml";
  const text = lines.filter((line) => !line.endsWith("# without a wake queue")).map((line) => line.replace(/^#\+ ?/, ""));
  writeFileSync(join(root, config), text.join("\n"));
  try {
    const { of, allowed, schedules } = packaged(config);
    const [mapping] = of("AWS::Lambda::EventSourceMapping");
    assert.deepEqual([mapping?.BatchSize, mapping?.ScalingConfig], [1, { MaximumConcurrency: 8 }]);
    assert.deepEqual(
      of("AWS::Lambda::Function").map(({ Handler, RecursiveLoop }) => [Handler, RecursiveLoop]),
      [
        ["build/lambda/index.api", undefined],
        ["build/lambda/index.tick", "Allow"],
      ],
    );
    assert.deepEqual(schedules(), ["rate(6 hours)"]);
    const own = ["sqs:SendMessage", "scheduler:CreateSchedule", "iam:PassRole"];
    // The rest is what the event source mapping needs.
    assert.deepEqual(
      own.filter((action) => !allowed()?.includes(`"${action}"`)),
      [],
    );
    assert.ok(!allowed()?.includes('"lambda:InvokeFunction"'));
    assert.equal(of("AWS::SQS::Queue")[0]?.VisibilityTimeout, 900);
  } finally {
    rmSync(join(root, config));
  }
});
