/**
 * The container keeps what every adapter promises. It has no invocations: a tick here is a whole life, from its start until there is
 * nothing left and it is told to stop. It serves no API either, so the same application on the fetch adapter does.
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type Program, run } from "../cli/program.ts";
import { keepsPromises, useOwnStage } from "../support/adapter.ts";
import { until } from "../support/condition.ts";
import { startFetchServer } from "../support/start-fetch-server.ts";

const CONFIG = join(import.meta.dirname, "functions/container.config.ts");

const stage = useOwnStage();
keepsPromises(
  "container",
  stage,
  async () => {
    const server = await startFetchServer("test/adapters/functions/fetch.ts", stage.env);
    const lives = new Set<Program>();
    const isIdle = async () => (await stage.database.sql("select 1 from mayfly.live").catch(() => [1])).length === 0;
    return {
      request: (path, init) => fetch(`${server.url}${path}`, init),
      async tick() {
        const worker = run(["worker", "--config", CONFIG, "--max-processes", "1"], { ...stage.env, DATABASE_URL: stage.database.url });
        lives.add(worker);
        let isOver = false;
        void worker.ended.then(() => {
          isOver = true;
        });
        await until(async () => isOver || (await isIdle()));
        worker.kill("SIGTERM");
        assert.equal(await worker.ended, 0, worker.output());
        lives.delete(worker);
      },
      async crash() {
        for (const worker of lives) worker.kill("SIGKILL");
        await Promise.all([...lives].map(({ ended }) => ended));
      },
      tooLongMs: 0,
      close: () => server.kill(),
    };
  },
  {
    "a tick starts no job that cannot end in it": "a container's life has no end that a time-out could pass",
  },
);
