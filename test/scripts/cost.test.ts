/**
 * The page of what a queue costs.
 * @module
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { awakeAtRandom, awakeOnGrid, awakeRegularly, breakEvenJobsAnHour, dollars, fillCosts, ledgerDollars } from "../../scripts/cost.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/cost.md"), "utf8");

describe("docs/cost.md", () => {
  test("has the tables that its formulas give", () => {
    assert.equal(fillCosts(page), page);
  });

  test("names every price that the tables are made from", () => {
    for (const price of ["$0.106", "$0.222", "100 CU-hours", "$0.12 an ACU-hour", "$0.15 and $1 a million"])
      assert.ok(page.includes(price), price);
  });
});

describe("a database", () => {
  const plan = { name: "a plan", perHour: 0.1, suspendAfter: 5 };

  test("that is asked every minute never sleeps", () => {
    assert.equal(awakeRegularly(1, 5), 1);
  });

  test("that is asked every hour is awake for five minutes of it", () => {
    assert.equal(awakeRegularly(60, 5), 5 / 60);
  });

  test("that nobody asks sleeps", () => {
    assert.equal(awakeAtRandom(0, 5), 0);
  });

  test("that is asked at the points of a grid is awake at those where something is due", () => {
    assert.equal(awakeOnGrid(1e9, 15, 5), 5 / 15);
    assert.equal(awakeOnGrid(0, 15, 5), 0);
    assert.equal(awakeOnGrid(1 / 60, 60, 5), (1 - Math.exp(-1)) * (5 / 60));
  });

  test("costs its hours, or is cut off once they are used up", () => {
    assert.equal(dollars(plan, 0.5), "$36.50");
    assert.equal(dollars({ ...plan, mostHours: 365 }, 0.5), "fits");
    assert.equal(dollars({ ...plan, mostHours: 360 }, 1), "cut off on day 15");
  });
});

describe("a ledger", () => {
  test("costs nothing below what is included", () => {
    assert.equal(ledgerDollars(1e6, 50e6), 0);
  });

  test("costs by the million beyond it", () => {
    assert.equal(ledgerDollars(3e6, 51e6), 1.3);
  });

  test("saves a third for a dozen jobs an hour", () => {
    assert.equal(breakEvenJobsAnHour(), 13);
  });
});
