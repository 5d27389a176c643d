/**
 * `mayfly --version`.
 * @module
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { run } from "./program.ts";

test("the package's version, and nothing else, wherever it is asked", async () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  const program = run(["--version"], {}, tmpdir());
  assert.equal(await program.ended, 0);
  assert.equal(program.output(), `${version}\n`);
});
