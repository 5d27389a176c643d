/**
 * The table of what plain.jobs does points at tests that there are.
 * @module
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..");

test("every proof named in docs/plain-jobs-parity.md is a test of that name", () => {
  const text = readFileSync(join(root, "docs/plain-jobs-parity.md"), "utf8");
  const proofs = [...text.matchAll(/\| `([\w/-]+)`(?:: (.+?))? \|$/gm)];
  const wrong = proofs.flatMap(([, file = "", name]) => {
    const path = join(root, "test", `${file}.test.ts`);
    if (!existsSync(path)) return [`there is no test/${file}.test.ts`];
    return name === undefined ||
      readFileSync(path, "utf8").includes(`test("${name}`) ||
      readFileSync(path, "utf8").includes(`test(\`${name}`)
      ? []
      : [`test/${file}.test.ts has no test named "${name}..."`];
  });
  assert.deepEqual(wrong, []);
  assert.ok(proofs.length > 40);
});
