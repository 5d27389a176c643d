/**
 * Names that producers choose reach the operator's terminal as text.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { newJob } from "../support/samples.ts";
import { sampleQueue } from "./sample-queue.ts";

const { database, mayfly } = sampleQueue();

test("stats, doctor, list and errors print nothing that a terminal obeys, with --json too; the hint for the shell is quoted", async () => {
  const evil = "q\u001b]0;title\u0007\u001b[2J\r\n\u009b31m\u202e'; rm -rf ~ #";
  await database.store.enqueue([newJob({ queue: evil, name: evil, key: evil, source: evil })]);
  await database.sql("insert into mayfly.queue (name, paused_at) values ($1, now())", [evil]);
  await database.sql("update mayfly.ready set ready_at = now() - interval '1 hour'");
  for (const args of [["stats"], ["doctor"], ["list"], ["stats", "--json"], ["doctor", "--json"], ["run", evil]]) {
    const { all } = await mayfly(...args);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    assert.doesNotMatch(all.replaceAll("\n", ""), /[\u0000-\u001f\u007f-\u009f\u202e]/, args.join(" "));
  }
  const { answer } = await mayfly("doctor");
  assert.match(answer, /mayfly resume 'q.*'\\''; rm -rf ~ #'"/);
});
