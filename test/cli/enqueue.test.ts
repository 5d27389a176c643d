/**
 * `mayfly enqueue`: options, files, outcomes.
 * @module
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { EnqueueResult } from "../../src/job/jobs-client.ts";
import { newId, newJob } from "../support/samples.ts";
import { sampleQueue } from "./sample-queue.ts";

const { database, mayfly, json } = sampleQueue();

const only = async (sql: string) => (await database.sql<object>(sql))[0];

test("with every option, from a file, and each outcome in a sentence", async (t) => {
  const id = newId();
  const options = [
    "--id",
    id,
    "--queue",
    "other",
    "--delay",
    "10m",
    "--priority=-3",
    "--retries",
    "7",
    "--timeout",
    "5s",
    "--key",
    "mine",
    "--expires-in",
    "1d",
  ];
  const first = await mayfly("enqueue", "echo", "--payload", '{"n": 1}', ...options);
  assert.deepEqual([first.code, first.answer], [0, `Enqueued echo as ${id}.\n`], first.all);
  const row = await only(`select j.name, j.queue, l.state, j.priority, j.retries, j.timeout_ms, j.key, j.payload, j.source,
    l.expires_at - l.run_at = interval '1 day' as expires, l.run_at > now() + interval '9 minutes' as later
    from mayfly.job j join mayfly.live l using (id)`);
  assert.deepEqual(row, {
    name: "echo",
    queue: "other",
    state: "scheduled",
    priority: -3,
    retries: 7,
    timeout_ms: 5_000,
    key: "mine",
    payload: { n: 1 },
    source: "mayfly enqueue",
    expires: true,
    later: true,
  });

  const folder = mkdtempSync(join(tmpdir(), "mayfly-cli-"));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "payload.json"), '{"n": 2}');
  const fromFile = ["enqueue", "echo", "--payload-file", join(folder, "payload.json")];
  assert.equal((await json<EnqueueResult>(...fromFile, "--delay", "2030-01-01T00:00:00Z")).outcome, "enqueued");
  assert.deepEqual(await only("select payload, run_at from mayfly.job where payload ->> 'n' = '2'"), {
    payload: { n: 2 },
    run_at: new Date("2030-01-01T00:00:00Z"),
  });
  const again = await mayfly("enqueue", "echo", "--payload", '{"n": 1}', "--id", id);
  assert.deepEqual([again.code, again.answer], [0, `Nothing was enqueued: there is a job ${id} already.\n`]);
  await database.store.enqueue([
    newJob({ name: "echo", limit: 3 }),
    newJob({ name: "echo", limit: 3 }),
    newJob({ name: "keyed", key: "k" }),
  ]);
  const [limited, blocked, skipped] = await Promise.all([mayfly(...fromFile), mayfly("enqueue", "keyed"), mayfly("enqueue", "picky")]);
  assert.match(limited.answer, /as many live jobs as the limit of echo allows/);
  assert.match(blocked.answer, /holds the key/);
  assert.match(skipped.answer, /shouldEnqueue of picky said no/);
});

test("a number that would be rounded, and a date that does not exist or has no zone, are refused", async () => {
  const { code, all } = await mayfly("enqueue", "echo", "--payload", '{"n": 9007199254740993}');
  assert.deepEqual([code, /beyond 9007199254740991/.test(all)], [2, true], all);
  for (const date of ["2030-02-30T00:00:00Z", "2030-01-01T00:00:00", "2030-01-01"]) {
    const said = await mayfly("enqueue", "echo", "--payload", '{"n": 1}', "--delay", date);
    assert.deepEqual([said.code, /a date that exists, with time and zone/.test(said.all)], [2, true], said.all);
  }
  assert.equal(await only("select from mayfly.job"), undefined);
});
