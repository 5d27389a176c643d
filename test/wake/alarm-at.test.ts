import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { alarmAt } from "../../src/wake/alarm-at.ts";
import { UNKNOWN } from "../../src/wake/state.ts";
import { QUIET } from "./driver.ts";
import { SETTINGS } from "./model-world.ts";

const lease = { epoch: 1, since: 0, until: 700, cause: "wake" } as const;
const never = { ...SETTINGS, safetyMs: Number.POSITIVE_INFINITY };

describe("a ledger wants to be called", () => {
  for (const { what, state, settings = SETTINGS, expected } of [
    { what: "at once where it knows nothing", state: UNKNOWN, expected: 0 },
    { what: "for the look without a cause", state: QUIET, expected: (QUIET.lookedAt ?? 0) + SETTINGS.safetyMs },
    { what: "never where there is no such look", state: QUIET, settings: never, expected: null },
    { what: "when something is due", state: { ...QUIET, nextAt: 500, leases: { a: lease } }, expected: 500 },
    { what: "at the end of a lease", state: { ...QUIET, nextAt: 900, leases: { a: lease, b: { ...lease, until: 800 } } }, expected: 700 },
  ]) {
    test(what, () => assert.equal(alarmAt(state, settings), expected));
  }
});
