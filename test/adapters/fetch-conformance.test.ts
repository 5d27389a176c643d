/**
 * The fetch adapter in a process of its own behind a real HTTP server, started by whoever calls /v1/tick.
 * @module
 */
import assert from "node:assert/strict";
import { keepsPromises, useOwnStage } from "../support/adapter.ts";
import { startFetchServer } from "../support/start-fetch-server.ts";

const stage = useOwnStage();
keepsPromises("fetch", stage, async () => {
  const start = () => startFetchServer("test/adapters/functions/fetch.ts", stage.env);
  let server = await start();
  return {
    request: (path, init) => fetch(`${server.url}${path}`, init),
    async tick() {
      // As Vercel's cron does it.
      const response = await fetch(`${server.url}/v1/tick`, { headers: { authorization: "Bearer cron" } });
      assert.equal(response.status, 200, await response.text());
    },
    async crash() {
      await server.kill();
      server = await start();
    },
    tooLongMs: 12_000,
    close: () => server.kill(),
  };
});
