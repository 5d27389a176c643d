/**
 * `mayfly worker`: signals, bad input, reload, health, commands.
 * @module
 */
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { pathToFileURL } from "node:url";
import parsePrometheus from "parse-prometheus-text-format";
import type { JobsClient } from "../../src/job/jobs-client.ts";
import { mayfly } from "../adapters/container/sample.config.ts";
import { linesOf, until } from "../support/condition.ts";
import { startTestServer, type TestDatabase, type TestServer } from "../support/database.ts";
import { freePort } from "../support/free-port.ts";
import type { PostgresServer } from "../support/postgres.ts";
import { type Program, run } from "./program.ts";

const SAMPLE = join(import.meta.dirname, "../adapters/container/sample.config.ts");

let server: TestServer<PostgresServer>;
let database: TestDatabase;
let jobs: JobsClient;
let folder: string;
let marks: string;
let home: string;
before(async () => {
  home = mkdtempSync(join(tmpdir(), "mayfly-hba-"));
  chmodSync(home, 0o755);
  const hba = join(home, "hba.conf");
  writeFileSync(hba, "host all locked 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n", { mode: 0o644 });
  server = await startTestServer(18, { hba_file: hba });
});
after(async () => {
  await server.stop();
  rmSync(home, { recursive: true });
});
beforeEach(async (context) => {
  database = await server.database();
  jobs = mayfly.withDriver(database.driver).connect({});
  folder = mkdtempSync(join(tmpdir(), "mayfly-worker-"));
  marks = join(folder, "marks");
  if ("after" in context)
    context.after(async () => {
      await database.close();
      rmSync(folder, { recursive: true });
    });
});

async function start(args: readonly string[], env: Record<string, string> = {}): Promise<Program> {
  const worker = run(["worker", "--stats-every", "0", "--max-processes", "1", ...args], {
    DATABASE_URL: database.url,
    MARKS: marks,
    ...env,
  });
  await worker.printed("processes started");
  return worker;
}

const enqueue = (name: string, payload: object = {}) => jobs.enqueue(mayfly.definitions.get(name) as never, payload as never);

const live = () =>
  database.sql<{ name: string; state: string; attempt: number }>("select name, state, attempt from mayfly.live order by name");

test("at SIGTERM it claims nothing more, lets what runs go on for the grace, aborts it, settles it, signs off and ends with 0", async () => {
  const worker = await start(["--config", SAMPLE, "--grace", "1s"]);
  await enqueue("hang");
  await until(() => linesOf(marks).length === 1);
  worker.kill("SIGTERM");
  await enqueue("quick");
  assert.equal(await worker.ended, 0, worker.output());
  assert.equal(linesOf(marks)[1], "aborted job_interrupted");
  assert.deepEqual(await live(), [
    { name: "hang", state: "scheduled", attempt: 1 },
    { name: "quick", state: "ready", attempt: 0 },
  ]);
  assert.deepEqual(await database.sql("select outcome, error->>'message' as message from mayfly.result"), [
    { outcome: "errored", message: "The runtime's time was up before the job had ended." },
  ]);
  assert.deepEqual(await database.sql("select count(*)::int as n from mayfly.worker where left_at is null"), [{ n: 0 }]);
});

test("with --queue it serves that queue, and no other", async () => {
  const worker = await start(["--config", SAMPLE, "--queue", "other", "--queue", "more"]);
  await enqueue("quick");
  for (const queue of ["other", "more"]) await jobs.enqueue(mayfly.definitions.get("quick") as never, {} as never, { queue });
  await until(async () => (await database.sql("select from mayfly.result")).length === 2);
  assert.deepEqual(await live(), [{ name: "quick", state: "ready", attempt: 0 }]);
  worker.interrupt();
  assert.equal(await worker.ended, 0, worker.output());
});

test("a second signal ends it at once, its processes too; another worker finds the job lost", async () => {
  const worker = await start(["--config", SAMPLE]);
  const { id } = await enqueue("hang");
  const line = await until(() => linesOf(marks)[0]);
  worker.kill("SIGTERM");
  await worker.printed("worker stopping");
  worker.kill("SIGINT");
  assert.equal(await worker.ended, 130);
  await until(() => !isAlive(Number(line.split(" ")[1])));
  const second = await start(["--config", SAMPLE]);
  await until(() => linesOf(marks).length === 2);
  assert.deepEqual(
    (await jobs.get(id))?.attempts.map(({ outcome }) => outcome),
    ["lost"],
  );
  await jobs.cancel(id);
  await until(() => linesOf(marks).includes("aborted job_cancelled"));
  second.kill("SIGTERM");
  assert.equal(await second.ended, 0, second.output());
});

test("a changed file is in force for the next job: it stops in order and starts anew", async () => {
  const code = (answer: string) => `export const answer = ${JSON.stringify(answer)};`;
  writeFileSync(join(folder, "answer.mjs"), code("before"));
  const config = join(folder, "mayfly.config.mjs");
  writeFileSync(
    config,
    `import { createMayfly, defineJob } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, "../../src/index.ts")).href)};
    import { answer } from "./answer.mjs";
    const quick = defineJob("quick");
    export const mayfly = createMayfly({ jobs: [quick], database: () => "" });
    export const handlers = [quick.handle(() => answer)];`,
  );
  const worker = await start(["--config", config, "--reload"]);
  const answerOf = async () => {
    const { id } = await enqueue("quick");
    return await until(async () => (await jobs.get(id))?.attempts[0]?.output);
  };
  assert.equal(await answerOf(), "before");
  writeFileSync(join(folder, "answer.mjs"), code("after"));
  await worker.printed("worker ended");
  assert.equal(await answerOf(), "after");
  worker.interrupt();
  assert.equal(await worker.ended, 0, worker.output());
});

test("it tells whether it is well, and a few numbers", async () => {
  const port = await freePort();
  const worker = await start(["--config", SAMPLE, "--port", String(port), "--address", "127.0.0.1"]);
  const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
  await enqueue("quick");
  const successful = async () => {
    const families = parsePrometheus(await (await ask("/metrics")).text());
    const attempts = families.find(({ name }) => name === "mayfly_worker_attempts_total")?.metrics ?? [];
    return attempts.find(({ labels }) => labels?.mayfly_outcome === "successful")?.value;
  };
  await until(async () => (await successful()) === "1");
  assert.equal((await ask("/healthz")).status, 200);
  assert.equal((await ask("/nothing")).status, 404);
  await server.server.kill();
  await until(async () => (await ask("/healthz")).status === 503);
  await server.server.restart();
  await until(async () => (await ask("/healthz")).status === 200);
  worker.interrupt();
  assert.equal(await worker.ended, 0, worker.output());
});

test("it fires schedules, to the second, also while its only process is taken, and runs their commands", async () => {
  const worker = await start(["--config", SAMPLE], { COMMANDS: "1" });
  await until(
    async () => (await database.sql("select 1 from mayfly.result where name = 'mayfly:command' and outcome = 'successful'")).length > 0,
  );
  const late = "select max(extract(epoch from created_at - run_at) * 1000)::int as ms from mayfly.job";
  const [row] = await database.sql<{ ms: number }>(late);
  assert.ok((row?.ms ?? 0) < 1_000, `fired ${row?.ms} ms late`);
  worker.interrupt();
  assert.equal(await worker.ended, 0, worker.output());
});

test("bad input is told in one sentence, with exit code 2, never the password", async () => {
  const port = await freePort();
  const bare = await server.server.createDatabase();
  const newer = await server.database();
  await newer.sql("insert into mayfly.migration (number, name, digest, breaking) values (9999, 'later', 'later', true)");
  await newer.sql("create role locked login password 'the right one'");
  const locked = Object.assign(new URL(database.url), { username: "locked", password: "secret" }).href;
  const broken = join(folder, "broken.mjs");
  writeFileSync(broken, "export const mayfly = 1;");
  const settings = join(folder, "settings.mjs");
  writeFileSync(settings, `export * from ${JSON.stringify(pathToFileURL(SAMPLE).href)}; export const worker = { maxProcesses: 0 };`);
  const url = database.url;
  const cases: [args: string[], said: RegExp, env?: Record<string, string>][] = [
    [["--config", "none.ts"], /There is no file none\.ts/],
    [["--config", broken], /broken\.mjs has no export "mayfly"/],
    [["--config", settings], /maxProcesses is 0; it is a whole number from 1/],
    [["--config", SAMPLE, "--grace", "soon"], /grace is "soon"; it is a duration/],
    [["--config", SAMPLE, "--concurrency", "5"], /concurrency goes with inProcess/],
    [["--config", SAMPLE], /DATABASE_URL is not set/, {}],
    [["--config", SAMPLE], /lacks the schema|lacks the migration/, { DATABASE_URL: bare }],
    [["--config", SAMPLE], /breaking migration 9999/, { DATABASE_URL: newer.url }],
    [
      ["--config", SAMPLE, "--in-process", "--connect-for", "0"],
      /cannot be reached/,
      { DATABASE_URL: `postgresql://u:secret@127.0.0.1:${port}/d` },
    ],
    [["--config", SAMPLE], /password authentication failed for user "locked"/, { DATABASE_URL: locked }],
    [["--config", SAMPLE, "--in-process"], /database "missing" does not exist/, { DATABASE_URL: server.server.url("missing") }],
  ];
  for (const [args, said, env = { DATABASE_URL: url }] of cases) {
    const program = run(["worker", ...args], env);
    assert.equal(await program.ended, 2, program.output());
    assert.match(program.output(), said);
    assert.ok(!/secret|not-a-secret/.test(program.output()), program.output());
    assert.equal(program.output().trim().split("\n").length, 1, program.output());
  }
  const program = run(["worker", "--config", SAMPLE, "--max-processes", "many"], { DATABASE_URL: url });
  assert.equal(await program.ended, 2);
  assert.match(program.output(), /argument 'many' is invalid/);
  await newer.close();
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
