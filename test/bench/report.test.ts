/**
 * What bench/README.md is told of the runs that were kept.
 * @module
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fillTables } from "../../bench/report.ts";
import { type Results, readResults } from "../../bench/results.ts";
import { others, scenarios } from "../../bench/scenarios/index.ts";
import { targets } from "../../bench/targets.ts";

const bench = join(import.meta.dirname, "../../bench");
const PAGE = "before\n<!-- targets -->\nold\n<!-- end of targets -->\nbetween\n<!-- figures -->\nold\n<!-- end of figures -->\nafter\n";

/** Of `wake`, whose cases differ in what they measure. */
const WAKE_FIGURES = ["by ideal", "longest pause ms", "p50 ms", "p99 ms", "drains", "queries a job"];

function run(startedAt: string, ratio: number, more: Partial<Results> = {}): Results {
  const mayfly = { "jobs/s": 30_000 };
  return {
    startedAt,
    server: "embedded",
    machine: { processor: "a processor", cores: 2, memoryGiB: 8 },
    postgres: { server_version: "18.4", fsync: "on" },
    rounds: 1,
    scale: 1,
    scenarios: [
      {
        scenario: "process",
        cases: [{ case: "20 B", options: {}, ratios: { mayfly: { "jobs/s by peer": ratio } }, medians: { mayfly }, rounds: [{ mayfly }] }],
      },
    ],
    ...more,
  };
}

function reachedAt20Bytes(...runs: Results[]): string[] {
  const row = fillTables(PAGE, runs)
    .split("\n")
    .find((line) => line.startsWith("| `process` | 20 B |"));
  return (row ?? "")
    .split("|")
    .slice(-3, -1)
    .map((cell) => cell.trim());
}

describe("the table of targets", () => {
  test("says where a target is missed", () => {
    assert.deepEqual(reachedAt20Bytes(run("2026-12-01", 1.7)), ["1.70, missed", ""]);
  });

  test("has in bold what is as aimed for", () => {
    assert.deepEqual(reachedAt20Bytes(run("2026-12-01", 2.3)), ["**2.30**", ""]);
  });

  test("has what only must be so as it is", () => {
    assert.deepEqual(reachedAt20Bytes(run("2026-12-01", 1.9)), ["1.90", ""]);
  });

  test("has each server in a column of its own", () => {
    assert.deepEqual(reachedAt20Bytes(run("2026-12-01", 1.9), run("2026-12-02", 2.0, { server: "debian" })), ["1.90", "2.00"]);
  });

  test("leaves out runs of another scale", () => {
    assert.deepEqual(reachedAt20Bytes(run("2026-12-01", 1.9, { scale: 0.1 })), ["", ""]);
  });

  test("names only scenarios, cases and ratios that there are", () => {
    const unknown = targets.filter(({ scenario: name, case: label, subject = "mayfly", of }) => {
      const scenario = [...scenarios, ...others].find((one) => one.name === name);
      const found = scenario?.cases(1).find((one) => one.name === label);
      const measured = [...Object.keys(scenario?.ratios ?? {}), "WAL B/job", "KB", ...(name === "wake" ? WAKE_FIGURES : [])];
      return !found?.subjects.includes(subject) || !measured.includes(of);
    });
    assert.deepEqual(unknown, []);
  });
});

describe("the page", () => {
  test("keeps what stands around its tables", () => {
    assert.match(fillTables(PAGE, []), /^before\n<!-- targets -->.*<!-- end of targets -->\nbetween\n.*\nafter\n$/s);
  });

  test("is as the runs that are kept fill it", () => {
    const page = readFileSync(join(bench, "README.md"), "utf8");
    assert.equal(fillTables(page, readResults(join(bench, "results"))), page, "run node bench/report.ts");
  });
});
