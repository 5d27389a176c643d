/**
 * The Cloudflare adapter over `pg` and a Hyperdrive binding, as workerd has it locally: the binding's sockets lead straight to Postgres,
 * without Hyperdrive's pool and cache.
 * @module
 */
import assert from "node:assert/strict";
import { keepsPromises, useOwnStage } from "../support/adapter.ts";
import { startWorkers } from "../support/workerd.ts";

const stage = useOwnStage(async ({ database }) => {
  process.env.CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE = database.url;
});
keepsPromises("Cloudflare over Hyperdrive", stage, async () => {
  const start = () => startWorkers(["test/adapters/workers/hyperdrive.toml"], stage.env);
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
