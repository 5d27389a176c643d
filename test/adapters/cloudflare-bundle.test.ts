/**
 * What a Worker's bundle holds, and how large it is. Sizes are of the minified code, gzipped.
 * @module
 */
import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { bundled, deployed, producerProgram } from "../support/program-bundle.ts";

const root = join(import.meta.dirname, "../..");

const matching = (files: readonly string[], pattern: RegExp) => files.filter((file) => pattern.test(file));

test("the Worker's bundle holds none of the container's code nor of other runtimes, and stays small", (t) => {
  const { files, text, size } = deployed();
  assert.equal(matching(files, /adapters\/cloudflare\/index\.ts$/).length, 1, files.join("\n"));
  assert.deepEqual(
    matching(
      files,
      /adapters\/(container|lambda|fetch)\/|src\/(cli|dev|testing)\/|src\/worker\/(serve|pair)|sql\/migrations|node_modules\/(pg|@aws-sdk|commander)\//,
    ),
    [],
  );
  assert.doesNotMatch(text, /child_process|SIGTERM/);
  t.diagnostic(`the starter: ${size} bytes`);
  assert.ok(size <= 150_000, `${size} bytes`);
});

test("wrangler.toml can be deployed with the wake ledger and without it", () => {
  assert.deepEqual(deployed().objects, ["MAYFLY_LEDGER", "MAYFLY_LANE"]);
  const text = readFileSync(join(root, "wrangler.toml"), "utf8");
  const [before = "", ledger = ""] = text.split("# The wake ledger");
  const config = "wrangler.without-ledger.toml";
  writeFileSync(join(root, config), `${before}${ledger.slice(ledger.indexOf("[observability]"))}`);
  try {
    const { objects, size } = deployed("--config", config);
    assert.deepEqual(objects, []);
    assert.ok(size > 0);
  } finally {
    rmSync(join(root, config));
  }
});

test("the example of two databases can be deployed, with a ledger for each", () => {
  const { objects } = deployed("--config", "examples/shards/wrangler.toml");
  assert.deepEqual(objects.toSorted(), ["MAYFLY_LANE_A", "MAYFLY_LANE_B", "MAYFLY_LEDGER_A", "MAYFLY_LEDGER_B"]);
});

test("without the dashboard it holds nothing of it, and is smaller by a quarter", (t) => {
  const config = ["--config", "test/adapters/workers/starter-api.toml"];
  const { files, size } = deployed(...config);
  assert.deepEqual(matching(files, /src\/dashboard\/|d3-array|hono\/dist\/jsx|@neondatabase|to-json-schema\/dist|reg-exp-router/), []);
  // As if the starter imported it: its calls are the same.
  const mini = deployed(...config, "--alias", `zod:${join(root, "node_modules/zod/mini/index.js")}`);
  assert.deepEqual(matching(mini.files, /src\/dashboard\/|zod\/v4\/classic\//), []);
  const valibot = deployed("--config", "test/adapters/workers/valibot.toml");
  assert.deepEqual(matching(valibot.files, /src\/dashboard\/|node_modules\/zod\//), []);
  t.diagnostic(`without the dashboard: ${size} bytes; with zod/mini: ${mini.size}; with valibot and no app: ${valibot.size}`);
  assert.ok(size <= 112_000, `${size} bytes`);
  assert.ok(mini.size <= 94_500, `${mini.size} bytes`);
  assert.ok(valibot.size <= 84_500, `${valibot.size} bytes`);
});

test("a producer holds nothing that runs, reads or shows jobs, no client of Postgres but its own, and no part that it does not name", async (t) => {
  const alone = await bundled(...producerProgram("(env) => env.driver"));
  const withNeon = await bundled(...producerProgram("(env) => neonHttp(env.DATABASE_URL)"));
  assert.deepEqual(matching(withNeon.files, /node_modules|src\/(http|dashboard|telemetry)\/|(create-mayfly|postgres-store|jobs)\.ts$/), []);
  assert.deepEqual(
    matching(alone.files, /driver\/(neon|pg)|(should-enqueue|enqueue-many|check-batch|transactions|transaction-store|call-site)\.ts$/),
    [],
  );
  assert.doesNotMatch(alone.text, /node:|require\(|process\.|Buffer|turn_v1/);
  const checking = await bundled(...producerProgram("(env) => env.driver", "v.object({ name: v.pipe(v.string(), v.minLength(1)) })"));
  const whole = await bundled(...producerProgram("(env) => env.driver", "undefined", "batches, transactions, rules, callSites"));
  const sizes = `with the driver for Neon: ${withNeon.size}; with a schema of valibot: ${checking.size}; with every part: ${whole.size}`;
  t.diagnostic(`a producer: ${alone.size} bytes; ${sizes}`);
  assert.ok(alone.size <= 7_400, `${alone.size} bytes`);
  assert.ok(withNeon.size <= 9_450, `${withNeon.size} bytes`);
  assert.ok(checking.size <= 8_450, `${checking.size} bytes`);
  assert.ok(whole.size <= 10_050, `${whole.size} bytes`);
});
