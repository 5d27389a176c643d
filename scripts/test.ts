/**
 * Runs tests: `node scripts/test.ts [--quick] [file...]`. Without files: all; `--quick`: those that are done within a minute.
 * @module
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({ options: { quick: { type: "boolean" } }, allowPositionals: true });

/** No servers but the shared ones, no bundles, no browser, no other programs. */
const QUICK = ["base", "job", "schedule", "enqueue", "app", "operate", "worker"].map((folder) => `test/${folder}/**/*.test.ts`);

const files = positionals.length > 0 ? positionals : values.quick ? QUICK : ["test/**/*.test.ts"];
const isOne = positionals.length === 1 && !positionals[0]?.includes("*");

const { status } = spawnSync(
  process.execPath,
  [
    // Most of what is compiled runs once.
    "--liftoff-only",
    ...["./scripts/compile-cache.ts", "./scripts/jsx-loader.ts"].flatMap((hook) => ["--import", hook]),
    "--test",
    "--test-concurrency=3",
    // A file alone starts the servers that it needs.
    ...(isOne ? [] : ["--test-global-setup=test/support/run-servers.ts"]),
    ...files,
  ],
  { cwd: join(import.meta.dirname, ".."), stdio: "inherit" },
);
process.exitCode = status ?? 1;
