/**
 * What `wrangler deploy` would upload for the starter.
 * @module
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const root = join(import.meta.dirname, "../..");

test("the Worker's bundle holds none of the container's code nor of other runtimes, and stays small", () => {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-worker-"));
  const args = ["deploy", "--dry-run", "--outdir", folder, "--metafile", join(folder, "meta.json")];
  execFileSync(process.execPath, [join(root, "node_modules/wrangler/bin/wrangler.js"), ...args], {
    cwd: root,
    stdio: "pipe",
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "1" },
  });
  const { inputs } = JSON.parse(readFileSync(join(folder, "meta.json"), "utf8")) as { inputs: Record<string, unknown> };
  const bundle = readFileSync(join(folder, "worker.js"));
  rmSync(folder, { recursive: true, force: true });
  const files = Object.keys(inputs);
  assert.ok(
    files.some((file) => file.endsWith("adapters/cloudflare/index.ts")),
    files.join("\n"),
  );
  assert.deepEqual(
    files.filter((file) =>
      /adapters\/(container|lambda|fetch)\/|src\/(cli|dev|testing)\/|sql\/migrations|node_modules\/(pg|@aws-sdk|commander)\//.test(file),
    ),
    [],
  );
  assert.doesNotMatch(bundle.toString(), /child_process|SIGTERM/);
  const size = gzipSync(bundle, { level: 9 }).length;
  assert.ok(size < 200_000, `${size} bytes`);
});
