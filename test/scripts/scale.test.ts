/**
 * The page of what a database carries.
 * @module
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readResults } from "../../bench/results.ts";
import { fillScale, jobsPerCore } from "../../scripts/scale.ts";

const root = join(import.meta.dirname, "../..");

test("docs/scale.md has the table that the runs of the bench give", () => {
  const page = readFileSync(join(root, "docs/scale.md"), "utf8");
  assert.equal(fillScale(page, readResults(join(root, "bench/results"))), page, "run node scripts/scale.ts");
});

test("a core has half a second of processor time for a second of jobs", () => {
  assert.equal(jobsPerCore({ microseconds: 100, walBytes: 0 }, { microseconds: 400, walBytes: 0 }), 1_000);
});
