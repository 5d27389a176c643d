/**
 * The tables of what plain.jobs does, and of what is promised, point at tests that there are.
 * @module
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..");

for (const [page, least] of [
  ["docs/plain-jobs-parity.md", 40],
  ["docs/guarantees.md", 20],
] as const) {
  test(`every proof named in ${page} is a test of that name`, () => {
    const text = readFileSync(join(root, page), "utf8");
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
    assert.ok(proofs.length >= least, `${proofs.length} proofs`);
  });
}
