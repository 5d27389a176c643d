/**
 * Hostile texts as arguments of the command.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { EnqueueResult } from "../../src/job/jobs-client.ts";
import { sampleQueue } from "./sample-queue.ts";

const { database, json } = sampleQueue();

const TEXTS = [`'; drop table mayfly.job; -- $(touch x) %s%n \u202e`, `<b>"\\'&{{7*7}}\u001b[2J\r\n`];

for (const text of TEXTS) {
  test(`${JSON.stringify(text)} is kept as it was given`, async () => {
    const { id } = await json<EnqueueResult>("enqueue", "echo", "--payload", '{"n": 1}', `--key=${text}`, `--queue=${text}`);
    const rows = await database.sql("select key, queue from mayfly.job where id = $1", [id]);
    assert.deepEqual(rows, [{ key: text, queue: text }]);
  });
}
