/**
 * `mayfly list`.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleQueue } from "./sample-queue.ts";

const { database, mayfly, json } = sampleQueue();

test("the jobs and schedules of the configuration", async () => {
  const [text, data] = await Promise.all([mayfly("list"), json<{ jobs: Listed[]; schedules: object[] }>("list")]);
  assert.equal(text.code, 0);
  assert.match(
    text.answer,
    /^job +queue +priority +retries +timeout +limit +handler +aliases\necho +mail +5 +2 +10s +3 live +yes +old-echo$/m,
  );
  assert.match(
    text.answer,
    /^schedule +when +timezone +job +missed +overlap +within\ndaily +0 9 \* \* \* +Europe\/Berlin +keyed +once +skip\ncleanup .*cleanup\.sh/m,
  );
  assert.deepEqual(
    data.jobs.map(({ name, handler, rule }) => [name, handler, rule]),
    [
      ["echo", true, "3 live"],
      ["fails", true, ""],
      ["later", true, ""],
      ["stuck", true, "2 running per key"],
      ["keyed", true, "1 live per key"],
      ["picky", false, "shouldEnqueue"],
    ],
  );
  assert.deepEqual(data.schedules, [
    { name: "daily", when: "0 9 * * *", timezone: "Europe/Berlin", job: "keyed", missed: "once", overlap: "skip" },
    { name: "cleanup", when: "@hourly", timezone: "UTC", job: "mayfly:command", command: "./cleanup.sh", missed: "once", overlap: "allow" },
  ]);
});

interface Listed {
  readonly name: string;
  readonly handler: boolean;
  readonly rule: string;
}

test("the schedules of the database", async () => {
  const none = await mayfly("list", "--schedules");
  assert.deepEqual([none.code, none.answer], [0, "There are no schedules in the database.\n"]);
  const daily = [{ name: "daily", nextAt: "2030-01-01T09:00:00Z", definition: { when: "@daily" } }];
  await database.store.announceSchedules({ application: "sample", hash: "h" }, daily);
  const [text, data] = await Promise.all([mayfly("list", "--schedules"), json<{ schedules: object[] }>("list", "--schedules")]);
  assert.match(text.answer, /^daily +sample +2030-01-01T.*"@daily"/m);
  assert.equal(data.schedules.length, 1);
});
