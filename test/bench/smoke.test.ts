/**
 * Every benchmark runs, and measures everybody. How fast anything is, is not asked here.
 * @module
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "mayfly-bench-"));
after(() => rmSync(folder, { recursive: true }));

const CONTENDERS = ["mayfly", "graphile-worker", "pg-boss"];
const BACKLOGS = 7;

/** Null is what JSON makes of a figure that is no number. */
type Figures = Record<string, number | null>;

interface Results {
  readonly scenarios: readonly {
    readonly scenario: string;
    readonly cases: readonly {
      readonly ratios: Record<string, Figures>;
      readonly medians: Record<string, Figures>;
      readonly rounds: readonly Record<string, Figures>[];
    }[];
  }[];
}

test("a smoke run of all scenarios has figures for every contender", async () => {
  const out = join(folder, "results.json");
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, "bench/main.ts"), "--smoke", "--out", out]);
  const { scenarios } = JSON.parse(readFileSync(out, "utf8")) as Results;
  const measured = Object.fromEntries(scenarios.map(({ scenario, cases }) => [scenario, Object.keys(cases[0]?.rounds[0] ?? {})]));
  assert.deepEqual(
    { ...measured, "claim-at-backlog": measured["claim-at-backlog"]?.length },
    {
      process: CONTENDERS,
      "process-small": CONTENDERS,
      "enqueue-many": CONTENDERS,
      "enqueue-one": CONTENDERS,
      "claim-at-backlog": BACKLOGS,
      "neon-latency": ["mayfly"],
      memory: ["mayfly"],
      "old-snapshot": CONTENDERS,
      bundles: ["the driver left out", "with every part", "with the driver for Neon"],
    },
  );
  for (const { scenario, cases } of scenarios) {
    assert.match(stdout, new RegExp(`^## ${scenario}$`, "m"));
    for (const { ratios, medians, rounds } of cases) {
      for (const found of [...Object.values(medians), ...rounds.flatMap((round) => Object.values(round))]) {
        // The first and the last tenth of a smoke's second: on a busy machine a worker may have run no job in one of them.
        assert.ok(scenario === "old-snapshot" ? (found.jobs ?? 0) > 0 : areFigures(found), `${scenario}: ${JSON.stringify(found)}`);
      }
      for (const found of scenario === "old-snapshot" || scenario === "bundles" ? [] : Object.values(ratios)) {
        assert.ok(areFigures(found), `${scenario}: ${JSON.stringify(found)}`);
      }
    }
  }
  const costs = scenarios.find(({ scenario }) => scenario === "process")?.cases[0]?.medians.mayfly;
  assert.deepEqual(Object.keys(costs ?? {}), ["jobs/s", "database µs/job", "client µs/job", "WAL B/job"]);
});

function areFigures(found: Figures): boolean {
  return Object.values(found).length > 0 && Object.values(found).every(Number.isFinite);
}
