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
      readonly ratios: Figures;
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
      floor: ["mayfly", "floor"],
      "claim-at-backlog": BACKLOGS,
      "neon-latency": ["mayfly"],
      memory: ["mayfly"],
      steady: CONTENDERS,
    },
  );
  for (const { scenario, cases } of scenarios) {
    assert.match(stdout, new RegExp(`^## ${scenario}$`, "m"));
    for (const { ratios, medians, rounds } of cases) {
      assert.ok(Object.keys(ratios).length > 0, scenario);
      for (const found of [...Object.values(medians), ...rounds.flatMap((round) => Object.values(round))]) {
        assert.ok(scenario === "steady" ? (found.jobs ?? 0) > 0 : areFigures(found), `${scenario}: ${JSON.stringify(found)}`);
      }
      // The first and the last tenth of a smoke's second: on a busy machine a worker may have run no job in one of them.
      assert.ok(scenario === "steady" || areFigures(ratios), `${scenario}: ${JSON.stringify(ratios)}`);
    }
  }
});

function areFigures(found: Figures): boolean {
  return Object.values(found).length > 0 && Object.values(found).every(Number.isFinite);
}
