/**
 * What can be set of a container's worker.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { resolveSettings } from "../../adapters/container/settings.ts";

const HEARTBEAT_MS = 90_000;

test("queues are served by any names that queues may have", () => {
  const queues = ["long", "x", "q".repeat(255), "'; --"];
  assert.deepEqual(resolveSettings({ queues }, HEARTBEAT_MS).queues, queues);
});

test("what is no name of a queue is refused, with the list", () => {
  for (const queues of [[], [""], ["long", "q".repeat(256)], ["a\0b"]])
    assert.throws(() => resolveSettings({ queues }, HEARTBEAT_MS), {
      code: "invalid_config",
      message: /queues is \[.*; it is a list of names/,
    });
});
