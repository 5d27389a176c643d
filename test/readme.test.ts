/**
 * What the README says is so.
 * @module
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const bin = (name: string) => join(root, "node_modules/.bin", name);

test("its code compiles, and that of the pages on databases and data layers", () => {
  // Inside the repository, where the name mayfly means this very package.
  const folder = mkdtempSync(join(root, ".readme-"));
  try {
    const files = ["README.md", "docs/databases.md", "docs/data-layers.md"].flatMap((page) => {
      const text = readFileSync(join(root, page), "utf8");
      const blocks = [...text.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)];
      assert.ok(blocks.length >= 4, page);
      mkdirSync(join(folder, page), { recursive: true });
      return blocks.map(([, name = "", code = ""]) => {
        writeFileSync(join(folder, page, name), code);
        return join(page, name);
      });
    });
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: "../tsconfig.json", include: [], files }));
    execFileSync(join(root, "node_modules/typescript/bin/tsc"), ["-p", folder], { stdio: "pipe", encoding: "utf8" });
  } catch (error) {
    assert.fail((error as { stdout?: string }).stdout || String(error));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the starter's bundle can be deployed, and is as large as it says", () => {
  const output = execFileSync(bin("wrangler"), ["deploy", "--dry-run"], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "1" },
  });
  const measured = Number(/gzip: ([\d.]+) KiB/.exec(output)?.[1]);
  const said = Number(/(\d+) KiB gzipped/.exec(readme)?.[1]);
  assert.ok(Math.abs(measured - said) < 3, `the README says ${said} KiB, wrangler ${measured}`);
});

test("what it links to is there, and what the pages in docs link to", () => {
  for (const file of ["README.md", "CONTRIBUTING.md", ...globSync("docs/**/*.md", { cwd: root })]) {
    for (const [, target = ""] of readFileSync(join(root, file), "utf8").matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
      if (!target.includes("://")) assert.ok(existsSync(join(root, dirname(file), target)), `${file}: ${target}`);
    }
  }
});
