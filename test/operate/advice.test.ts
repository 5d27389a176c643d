/**
 * What a diagnosis's numbers mean, and what to do about them.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ledgerFamilies } from "../../src/http/ledger-families.ts";
import { toPrometheus } from "../../src/http/prometheus.ts";
import { adviceOn } from "../../src/operate/advice.ts";
import type { Diagnosis } from "../../src/operate/diagnosis.ts";
import { type LedgerFacts, ledgerFactsIn } from "../../src/operate/ledger-facts.ts";

const FINE: Diagnosis = {
  schema: { version: 2, known: 2, tooNew: false },
  role: { name: "owner", owner: true, kinds: [] },
  lastSeenMs: 61_400,
  overdueMs: null,
  ready: [],
  staleWorkers: [],
  parked: [],
  throttled: [],
  partitions: { used: 1, past: 0, stragglers: 0 },
  failedDuties: [],
  deadRows: [{ table: "job", live: 60_000, dead: 50_000 }],
};
const [MINUTE, HOUR] = [60_000, 3_600_000];

function complaints(more: Partial<Diagnosis>): string[] {
  return adviceOn({ ...FINE, ...more })
    .filter(({ severity }) => severity !== "ok")
    .map(({ check, severity, message }) => `${severity}, ${check}: ${message}`);
}

test("a healthy queue: one good word for each check", () => {
  const advice = adviceOn(FINE);
  assert.ok(advice.every(({ severity }) => severity === "ok"));
  assert.deepEqual(
    advice.map(({ message }) => message),
    [
      "The schema is at version 2, the one this Mayfly knows.",
      'The role "owner" owns the schema. An app needs less: "mayfly grants worker=<role> operator=<role>" prints it.',
      "A consumer was seen 1m1s ago.",
      "None waits.",
      "None is silent for too long.",
      "No job is parked.",
      "No job is throttled by a limit that has room.",
      "1 partition in use, none beyond the retention.",
      "No duty has failed.",
      "Vacuum keeps up.",
      "None is open.",
    ],
  );
  const busy = adviceOn({
    ...FINE,
    ready: [{ queue: "default", paused: false, jobs: 2, waitingMs: 400 }],
    longestTransaction: { ageMs: 90_061_000, application: "", state: "active" },
  });
  assert.ok(busy.some(({ message }) => message === "The oldest has waited 0s."));
});

const CASES: readonly (readonly [what: string, more: Partial<Diagnosis>, said: RegExp])[] = [
  [
    "an old schema",
    { schema: { version: 1, known: 2, tooNew: false } },
    /^problem, schema: .*at version 1.*needs 2\. Run "npx mayfly migrate"/,
  ],
  ["a newer schema", { schema: { version: 3, known: 2, tooNew: false } }, /^warning, schema: .*at version 3/],
  ["one that is too new", { schema: { version: 3, known: 2, tooNew: true } }, /^problem, schema: .*cannot work with.*Deploy a newer one/],
  [
    "a role that lacks something",
    {
      role: {
        name: "app's",
        owner: false,
        kinds: [
          { kind: "worker", has: 9, lacks: ["execute on function mayfly.turn_v1"] },
          { kind: "viewer", has: 1, lacks: ["a", "b"] },
        ],
      },
    },
    /^problem, privileges: The role "app's" lacks what a worker needs: execute on function mayfly\.turn_v1\. .*--grant worker='app'\\''s'"/,
  ],
  ["no consumer yet", { lastSeenMs: null }, /^warning, ticks: No consumer has ever been seen/],
  ["none while a job is due", { lastSeenMs: 5 * MINUTE, overdueMs: 4 * MINUTE }, /^warning, ticks: The last consumer was seen 5m ago/],
  ["none for seven hours", { lastSeenMs: 8 * 60 * MINUTE }, /^warning, ticks: The last consumer was seen 8h ago/],
  [
    "a paused queue",
    { ready: [{ queue: "mail", paused: true, jobs: 1, waitingMs: HOUR }] },
    /^warning, ready jobs: 1 job in the queue "mail", the oldest for 1h: it is paused\. "mayfly resume mail"/,
  ],
  [
    "a slow queue",
    { ready: [{ queue: "mail", paused: false, jobs: 3, waitingMs: 3 * MINUTE }] },
    /^warning, ready jobs: 3 jobs in the queue "mail", the oldest for 3m\./,
  ],
  [
    "a paused queue of any name",
    { ready: [{ queue: "a'; rm -rf ~", paused: true, jobs: 1, waitingMs: HOUR }] },
    /"mayfly resume 'a'\\''; rm -rf ~'" lets/,
  ],
  ["a stuck queue", { ready: [{ queue: "mail", paused: false, jobs: 3, waitingMs: 10 * MINUTE }] }, /^problem, ready jobs/],
  [
    "a dead worker",
    { staleWorkers: [{ id: "w", runtime: "lambda", silentMs: 100_000, running: 2 }] },
    /^problem, workers: The lambda worker w has been silent for 1m40s and holds 2 jobs/,
  ],
  ["one without jobs", { staleWorkers: [{ id: "w", runtime: "lambda", silentMs: 100_000, running: 0 }] }, /^warning, workers/],
  [
    "an unknown name",
    { parked: [{ name: "x", jobs: 1, waitingMs: MINUTE }] },
    /^warning, unknown names: 1 job named "x", the oldest for 1m/,
  ],
  ["one for long", { parked: [{ name: "x", jobs: 1, waitingMs: HOUR }] }, /^problem, unknown names/],
  [
    "a limit with room",
    { throttled: [{ name: "x", key: "k", jobs: 2, running: 0, limit: 1 }] },
    /^warning, running limits: 2 jobs named "x" with the key "k" throttled, while 0 of 1 run/,
  ],
  ["one without a key", { throttled: [{ name: "x", jobs: 1, running: 0, limit: 1 }] }, /1 job named "x" throttled/],
  [
    "partitions that should be empty",
    { partitions: { used: 9, past: 2, stragglers: 0 } },
    /^warning, partitions: 2 partitions .*"mayfly clear"/,
  ],
  ["stragglers", { partitions: { used: 9, past: 0, stragglers: 1 } }, /^warning, partitions: 1 live job in a partition that was closed/],
  [
    "a duty that failed",
    { failedDuties: [{ duty: "retention", sqlState: "42501", message: "permission denied for table job_01", failedMs: 5 * MINUTE }] },
    /^warning, housekeeping: The duty retention failed 5m ago with 42501: permission denied for table job_01\./,
  ],
  ["dead rows", { deadRows: [{ table: "job", live: 1, dead: 50_000 }] }, /^warning, dead rows: mayfly\.job has 50000 dead rows beside 1/],
  [
    "a long transaction",
    { longestTransaction: { ageMs: 5 * MINUTE, application: "psql", state: "idle" } },
    /^warning, transactions: A transaction of "psql" is open for 5m \(idle\)/,
  ],
  [
    "a very long one",
    { longestTransaction: { ageMs: HOUR, application: "", state: "idle" } },
    /^problem, transactions: A transaction is open/,
  ],
];

for (const [what, more, said] of CASES) {
  test(what, () => {
    const found = complaints(more);
    assert.equal(found.length, 1);
    assert.match(found[0] ?? "", said);
  });
}

test("without a consumer, what waits is a problem", () => {
  const ready = [{ queue: "default", paused: false, jobs: 1, waitingMs: 1_000 }];
  assert.match(complaints({ ready, lastSeenMs: null })[0] ?? "", /^problem, ticks/);
});

describe("with a wake ledger", () => {
  const told = (more: Partial<Diagnosis>, ledger: Partial<LedgerFacts> = {}) =>
    adviceOn({ ...FINE, ...more }, { nextInMs: null, unannounced: 0, ...ledger }).filter(({ severity }) => severity !== "ok");

  test("a cron that rightly asked nothing is not silent, however long ago", () => {
    assert.deepEqual(told({ lastSeenMs: 20 * HOUR }), []);
    assert.deepEqual(told({ lastSeenMs: 20 * HOUR }, { nextInMs: HOUR }), []);
  });

  test("one that is overdue is", () => {
    assert.match(told({ lastSeenMs: HOUR }, { nextInMs: -10 * MINUTE })[0]?.message ?? "", /last consumer was seen 1h ago/);
    assert.match(told({ lastSeenMs: HOUR, overdueMs: 10 * MINUTE })[0]?.message ?? "", /last consumer was seen 1h ago/);
  });

  test("jobs without a wake are counted, with what to do", () => {
    const [advice] = told({}, { unannounced: 3 });
    assert.deepEqual([advice?.check, advice?.severity], ["wakes", "warning"]);
    assert.match(advice?.message ?? "", /^3 jobs came without a wake.*jobs\.wake\(\)/);
  });

  test("its facts are in the metrics, where there is one", () => {
    const counts = { wakes: 0, starts: 0, spared: 0, idle: 0, lost: 0, unannounced: 2, calls: 0 };
    const status = { lanes: 0, others: 0, nextInMs: 1_500, pending: 0, failures: 0, isUnderPressure: false, counts };
    assert.deepEqual(ledgerFactsIn(toPrometheus(ledgerFamilies(status))), { nextInMs: 1_500, unannounced: 2 });
    assert.deepEqual(ledgerFactsIn(toPrometheus(ledgerFamilies({ ...status, nextInMs: null }))), { nextInMs: null, unannounced: 2 });
    assert.equal(ledgerFactsIn("mayfly_queue_ready 1\n"), undefined);
  });
});
