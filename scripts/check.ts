/**
 * Everything that can be told without running the product. Runs all checks and names those that fail.
 * @module
 */
import { spawn } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

const CHECKS: readonly (readonly [what: string, command: string, ...args: string[]])[] = [
  ["format and lint", "biome", "check", "--error-on-warnings", "."],
  ["types", "node", "node_modules/typescript/bin/tsc", "--noEmit"],
  ["nothing unused", "knip"],
  ["src/postgres/sql is what sql/ says", "node", "scripts/generate-sql.ts", "--check"],
  ["sql/schema.sql is what the migrations make", "node", "scripts/dump-schema.ts", "--check"],
  ["src/dashboard/assets.ts is what src/dashboard/assets/ says", "node", "scripts/generate-assets.ts", "--check"],
  ["docs/job-lifecycle.md is what mayfly.after_attempt answers", "node", "scripts/draw-lifecycle.ts", "--check"],
  ["imports keep to the layers", "node", "--test", "--test-reporter=dot", "test/architecture.test.ts"],
];

/** Runs one to its end, and says then what it had to say: they run side by side. */
function run([what, command, ...args]: (typeof CHECKS)[number]): Promise<boolean> {
  const check = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [check.stdout, check.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk));
  return new Promise((resolve) => {
    const end = (ok: boolean) => {
      console.log(`${ok ? "" : said}${ok ? "ok    " : "FAILED"}  ${what}`);
      resolve(ok);
    };
    check.once("error", (error) => {
      said += `${error.message}\n`;
      end(false);
    });
    check.once("close", (status) => end(status === 0));
  });
}

const results = await Promise.all(CHECKS.map(run));
if (results.includes(false)) process.exitCode = 1;
