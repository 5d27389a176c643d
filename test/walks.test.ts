/**
 * The walks of docs/architecture.md lead through the code as it is, and stay short.
 * @module
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test } from "node:test";

const root = join(import.meta.dirname, "..");
const tour = readFileSync(join(root, "docs/architecture.md"), "utf8");

const MAX_FILES = 12;
const MAX_FORMS = 5;

interface Walk {
  readonly title: string;
  readonly files: readonly string[];
  /** Forms that the data takes on the way. */
  readonly forms: readonly string[];
}

/** A section whose list links to a file in each entry is a walk. */
const WALKS: readonly Walk[] = tour.split(/^## /m).flatMap((section) => {
  const title = section.slice(0, section.indexOf("\n"));
  const steps = [...section.matchAll(/^\d+\. \[`([^`]+)`\]\(\.\.\/([^)]+)\)(.*)$/gm)];
  const forms = steps.flatMap(([, , , text = ""]) => [...text.matchAll(/\*\*(.+?)\*\*/g)].map(([, form = ""]) => form));
  return steps.length === 0 ? [] : [{ title, files: steps.map(([, file = ""]) => file), forms }];
});

/** Whether a file names another one of the walk: imports it, sends it or calls it. */
function names(file: string, other: string): boolean {
  const name = basename(other).replace(/\.sql$/, "");
  const called = other.startsWith("sql/statements/") ? name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()) : name;
  return existsSync(join(root, file)) && readFileSync(join(root, file), "utf8").includes(called);
}

/** A file of a store is known by the seam alone, a driver by its interface alone. */
function isLinked(file: string, walk: readonly string[]): boolean {
  if (file.startsWith("src/postgres/driver/")) return true;
  return walk.some((other) => other !== file && (names(other, file) || names(file, other)));
}

test("there are two walks", () => {
  assert.deepEqual(
    WALKS.map(({ title }) => title),
    ["From `jobs.enqueue` to the row", "From a turn to the handler, and back"],
  );
});

for (const { title, files, forms } of WALKS) {
  describe(title, () => {
    test("each file is there", () => {
      assert.deepEqual(
        files.filter((file) => !existsSync(join(root, file))),
        [],
      );
    });

    test("each file is linked to another one of the walk", () => {
      assert.deepEqual(
        files.filter((file) => !isLinked(file, files)),
        [],
      );
    });

    test("the walk is short", () => {
      assert.ok(files.length <= MAX_FILES, `${files.length} files`);
    });

    test("the data takes few forms", () => {
      assert.ok(forms.length > 0 && forms.length <= MAX_FORMS, forms.join(", "));
    });
  });
}
