/**
 * The Cloudflare adapter in a real workerd, by its cron trigger.
 * @module
 */
import assert from "node:assert/strict";
import { keepsPromises, useOwnStage } from "../support/adapter.ts";
import { startWorkers } from "../support/workerd.ts";

const stage = useOwnStage();
keepsPromises("Cloudflare", stage, async () => {
  const start = () => startWorkers(["test/adapters/workers/conformance.toml"], stage.env);
  let harness = await start();
  return {
    request: async (path, init) => (await harness.fetch(path, init)) as unknown as Response,
    async tick() {
      const { outcome } = await harness.getWorker().scheduled({ cron: "* * * * *" });
      assert.equal(outcome, "ok");
    },
    async crash() {
      await harness.close();
      harness = await start();
    },
    tooLongMs: 15 * 60_000,
    close: () => harness.close(),
  };
});
