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
      // A suite that shares its stage with others lies in a file of its own, which one test file imports.
      const path = [`${file}.test.ts`, `${file}.ts`].map((name) => join(root, "test", name)).find(existsSync);
      if (path === undefined) return [`there is no test/${file}.test.ts`];
      const source = readFileSync(path, "utf8");
      return name === undefined || source.includes(`test("${name}`) || source.includes(`test(\`${name}`)
        ? []
        : [`test/${file} has no test named "${name}..."`];
    });
    assert.deepEqual(wrong, []);
    assert.ok(proofs.length >= least, `${proofs.length} proofs`);
  });
}
