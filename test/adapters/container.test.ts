/**
 * A container that is killed, one whose database comes and goes, and one that is told of new jobs.
 * @module
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import pg from "pg";
import { listenWith, startContainer } from "../../adapters/container/index.ts";
import { createMayfly, defineJob } from "../../src/index.ts";
import { run } from "../cli/program.ts";
import { linesOf, until } from "../support/condition.ts";
import { openDatabase, startTestServer, type TestServer, testServer } from "../support/database.ts";
import { freePort } from "../support/free-port.ts";
import { recordingLogger } from "../support/worker.ts";
import { mayfly } from "./container/sample.config.ts";

const CONFIG = join(import.meta.dirname, "container/sample.config.ts");
const JOBS = 1_000;

let server: TestServer;
before(async () => {
  server = await testServer(18);
});
after(() => server.stop());

test("after kill -9 of a container with 1,000 running jobs, another ends each of them once, and each has one lost attempt", async (context) => {
  const database = await server.database();
  const folder = mkdtempSync(join(tmpdir(), "mayfly-kill-"));
  context.after(async () => {
    await database.close();
    rmSync(folder, { recursive: true });
  });
  const marks = join(folder, "marks");
  const args = ["worker", "--config", CONFIG, "--in-process", "--concurrency", String(JOBS), "--stats-every", "0"];
  const first = run(args, { DATABASE_URL: database.url, MARKS: marks });
  const once = mayfly.definitions.get("once");
  assert.ok(once);
  const jobs = mayfly.withDriver(database.driver).connect({});
  await jobs.enqueueMany(Array.from({ length: JOBS }, () => [once, {}] as never));
  await until(() => linesOf(marks).length === JOBS);
  process.kill(first.pid, "SIGKILL");
  await first.ended;
  const second = run(args, { DATABASE_URL: database.url, MARKS: marks });
  await until(async () => (await database.sql("select 1 from mayfly.live")).length === 0);
  const ended = await database.sql(
    "select outcome, count(*)::int as attempts, count(distinct id)::int as jobs from mayfly.result group by 1 order by 1",
  );
  assert.deepEqual(ended, [
    { outcome: "lost", attempts: JOBS, jobs: JOBS },
    { outcome: "successful", attempts: JOBS, jobs: JOBS },
  ]);
  second.interrupt();
  assert.equal(await second.ended, 0, second.output());
});

const work = defineJob<"work", { n: number }>("work", { retries: 3, timeout: "1m" });

test("Postgres is killed and started again five times under a working container: every job ends once, and none is lost", async () => {
  const own = await startTestServer(18);
  const database = await own.database();
  const logger = recordingLogger();
  const open = openDatabase(database.url, 5);
  const ran: number[] = [];
  const queue = createMayfly({ jobs: [work], database: () => open.driver, logger });
  const handlers = [work.handle(({ payload }) => void ran.push(payload.n))];
  const settings = { inProcess: true, concurrency: 5, statsEvery: 0 };
  const client = () => new pg.Client({ connectionString: database.url });
  const container = startContainer(queue, undefined, { handlers, settings, listen: listenWith(client) });
  const jobs = queue.connect(undefined);
  let n = 0;
  for (let restart = 0; restart < 5; restart++) {
    await jobs.enqueueMany(Array.from({ length: 100 }, () => [work, { n: n++ }] as const));
    await until(() => ran.length > restart * 100 + 10);
    await own.server.kill();
    await own.server.restart();
    await until(async () => (await database.sql("select 1 from mayfly.live limit 1").catch(() => [1])).length === 0);
  }
  container.stop();
  await container.ended;
  const [count] = await database.sql(
    "select count(*)::int as results, count(distinct id)::int as jobs, count(*) filter (where outcome <> 'successful')::int as bad from mayfly.result",
  );
  assert.deepEqual(count, { results: 500, jobs: 500, bad: 0 });
  assert.equal(new Set(ran).size, 500);
  await Promise.all([database.close(), open.close()]);
  await own.stop();
});

test("a listening container is woken by an enqueue: it polls only at its heartbeat, which does not come in this test's time", async () => {
  const database = await server.database();
  // A heartbeat of an hour: whatever runs within the test's time was not found by a poll.
  const queue = createMayfly({
    jobs: [work],
    database: () => database.driver,
    heartbeat: { interval: "1h", timeout: "1d" },
    logger: recordingLogger(),
  });
  const ran = Promise.withResolvers<void>();
  const handlers = [work.handle(() => ran.resolve())];
  const client = () => new pg.Client({ connectionString: database.url });
  const container = startContainer(queue, undefined, {
    handlers,
    settings: { inProcess: true, statsEvery: 0 },
    listen: listenWith(client),
  });
  // Polls come at 0.1, 0.2, 0.4 s and so on: after 6 turns the next is 6 s away.
  await until(async () => (await database.sql<{ n: number }>("select count(*)::int as n from mayfly.claim"))[0]?.n === 6);
  assert.deepEqual(await database.sql("select listening from mayfly.worker"), [{ listening: true }]);
  await queue.connect(undefined).enqueue(work, { n: 1 });
  await ran.promise;
  container.stop();
  await container.ended;
  const earlier = "select count(*)::int as n from mayfly.claim where id < (select claim_id from mayfly.result)";
  assert.deepEqual(await database.sql(earlier), [{ n: 6 }]);
  await database.close();
});

test("a container that rests gives its connections up, and is woken for what it does not know of, and by what it does", async (context) => {
  const database = await server.database();
  context.after(() => database.close());
  const open = openDatabase(database.url, 2);
  const ran: number[] = [];
  const queue = createMayfly({
    jobs: [work],
    database: () => open.driver,
    logger: recordingLogger(),
    heartbeat: { interval: "500ms", timeout: "1s" },
  });
  const port = await freePort();
  const container = startContainer(queue, undefined, {
    handlers: [work.handle(({ payload }) => void ran.push(payload.n))],
    settings: { inProcess: true, statsEvery: 0, restAfter: "2s", port, address: "127.0.0.1" },
    listen: listenWith(() => new pg.Client({ connectionString: database.url, application_name: "listener" })),
  });
  const listeners = () => database.sql("select from pg_stat_activity where application_name = 'listener' and datname = current_database()");
  const signedOff = () => database.sql("select from mayfly.worker where left_at is not null");
  const rests = async () => (await signedOff()).length === 1 && (await listeners()).length === 0;
  await until(async () => (await listeners()).length === 1);
  await until(rests);
  const jobs = queue.withDriver(database.driver).connect(undefined);
  await jobs.enqueue(work, { n: 1 });
  assert.equal((await fetch(`http://127.0.0.1:${port}/wake`, { method: "POST" })).status, 202);
  await until(() => ran.length === 1);
  await until(async () => (await listeners()).length === 1);
  await jobs.enqueue(work, { n: 2 }, { delay: "5s" });
  await until(rests);
  await until(() => ran.length === 2);
  assert.deepEqual(ran, [1, 2]);
  container.stop();
  await container.ended;
  await open.close();
});
