/**
 * What the overview says of the wake ledger.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LedgerLine } from "../../src/dashboard/components/ledger-line.tsx";
import type { LedgerStatus } from "../../src/wake/status.ts";

const QUIET: LedgerStatus = {
  lanes: 0,
  others: 0,
  nextInMs: null,
  pending: 0,
  failures: 0,
  isUnderPressure: false,
  counts: { wakes: 0, starts: 0, calls: 0, spared: 0, idle: 0, lost: 0, unannounced: 0 },
};

const lineOf = (more: Partial<LedgerStatus>) => String(LedgerLine({ ledger: { ...QUIET, ...more } })).replaceAll(/<[^>]+>/g, "");

describe("the line of the wake ledger", () => {
  test("says that nothing is due", () => {
    assert.match(lineOf({}), /0 lanes and 0 other consumers at work, 0 announced, nothing is due\./);
  });

  test("says when the next is due, or that it is overdue", () => {
    assert.match(lineOf({ nextInMs: 90_000 }), /the next is due in 1 min 30 s\./);
    assert.match(lineOf({ nextInMs: -1 }), /something is due now\./);
  });

  test("says what to do about jobs that come unannounced", () => {
    assert.match(lineOf({ counts: { ...QUIET.counts, unannounced: 2 } }), /2 jobs came unannounced: call jobs\.wake\(\)/);
  });

  test("says that there is no room for connections, and that looks fail", () => {
    assert.match(lineOf({ isUnderPressure: true, failures: 3 }), /no room for more connections.*The last 3 looks failed/);
  });
});
