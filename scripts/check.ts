/**
 * Everything that can be told without running the product. Runs all checks and names those that fail.
 * @module
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

const CHECKS: readonly (readonly [what: string, command: string, ...args: string[]])[] = [
  ["format and lint", "biome", "check", "--error-on-warnings", "."],
  ["types", "tsc", "--noEmit"],
  ["nothing unused", "knip"],
  ["src/postgres/sql is what sql/ says", "node", "scripts/generate-sql.ts", "--check"],
  ["sql/schema.sql is what the migrations make", "node", "scripts/dump-schema.ts", "--check"],
  ["src/dashboard/assets.ts is what src/dashboard/assets/ says", "node", "scripts/generate-assets.ts", "--check"],
  ["docs/job-lifecycle.md is what mayfly.after_attempt answers", "node", "scripts/draw-lifecycle.ts", "--check"],
  ["imports keep to the layers", "node", "--test", "--test-reporter=dot", "test/architecture.test.ts"],
];

const failed = CHECKS.filter(([what, command, ...args]) => {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (error) console.error(error.message);
  console.log(`${status === 0 ? "ok    " : "FAILED"}  ${what}`);
  return status !== 0;
});
if (failed.length > 0) process.exitCode = 1;
