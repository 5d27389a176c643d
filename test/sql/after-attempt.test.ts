/**
 * mayfly.after_attempt: the state machine of a job, one row a rule.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { useDatabase } from "../support/database.ts";

const database = useDatabase();

type Case = [
  what: string,
  end: { outcome: string; again?: boolean; cancelled?: boolean; hasHook?: boolean; ended?: boolean },
  result: string | null,
  next: string,
];

const CASES: Readonly<Record<string, readonly Case[]>> = {
  "a success": [
    ["ends the job", { outcome: "successful" }, "successful", "gone"],
    ["is not undone by a cancel", { outcome: "successful", cancelled: true, hasHook: true }, "successful", "gone"],
  ],
  "a failure": [
    ["is tried again after its delay", { outcome: "errored", again: true, hasHook: true }, "errored", "scheduled"],
    ["ends the job with its last attempt", { outcome: "errored" }, "errored", "gone"],
    ["keeps the job for its hook with its last attempt", { outcome: "errored", hasHook: true }, "errored", "hook"],
    [
      "that would be tried again ends as cancelled once that is asked for",
      { outcome: "errored", again: true, cancelled: true },
      "cancelled",
      "gone",
    ],
    ["of the last attempt stays a failure, also once a cancel is asked for", { outcome: "errored", cancelled: true }, "errored", "gone"],
  ],
  "a deferral": [
    ["waits for its time", { outcome: "deferred", again: true }, "deferred", "scheduled"],
    ["ends as cancelled once that is asked for", { outcome: "deferred", again: true, cancelled: true, hasHook: true }, "cancelled", "hook"],
  ],
  "a lost attempt": [
    ["is tried again at once", { outcome: "lost", again: true }, "lost", "ready"],
    ["has its hook before it is tried again", { outcome: "lost", again: true, hasHook: true }, "lost", "hook"],
    ["ends the job with its last attempt", { outcome: "lost" }, "lost", "gone"],
    ["loses against a cancel, also with its last attempt", { outcome: "lost", cancelled: true }, "cancelled", "gone"],
  ],
  "a cancelled attempt": [
    ["ends the job", { outcome: "cancelled" }, "cancelled", "gone"],
    ["keeps it for its hook", { outcome: "cancelled", hasHook: true }, "cancelled", "hook"],
  ],
  "an attempt given back": [["has never been", { outcome: "released", cancelled: true, hasHook: true }, null, "ready"]],
  "a hook that has ended": [
    ["lets the next attempt begin", { outcome: "hook_done" }, null, "ready"],
    ["of a job that had ended ends it", { outcome: "hook_done", ended: true, cancelled: true }, null, "gone"],
    ["is followed by the cancel that was asked for meanwhile", { outcome: "hook_done", cancelled: true }, "cancelled", "gone"],
    ["is tried again after its delay", { outcome: "hook_done", again: true, ended: true }, null, "scheduled"],
  ],
  "a hook whose worker died": [["is begun again at once", { outcome: "hook_lost", ended: true, cancelled: true }, null, "ready"]],
};

async function decide({ outcome, again = false, cancelled = false, hasHook = false, ended = false }: Case[1]) {
  const [row] = await database.sql<{ result: string | null; next: string; over: boolean }>(
    "select result, next, over from mayfly.after_attempt($1, $2, $3, $4, $5)",
    [outcome, again, cancelled, hasHook, ended],
  );
  assert.ok(row);
  return row;
}

for (const [what, cases] of Object.entries(CASES)) {
  describe(what, () => {
    for (const [promise, end, result, next] of cases) {
      test(promise, async () => {
        const decided = await decide(end);
        assert.equal(decided.result, result);
        assert.equal(decided.next, next);
      });
    }
  });
}

describe("after its hook", () => {
  test("a lost attempt is tried again", async () => {
    assert.equal((await decide({ outcome: "lost", again: true, hasHook: true })).over, false);
  });

  test("a job that was cancelled is over", async () => {
    assert.equal((await decide({ outcome: "lost", again: true, cancelled: true, hasHook: true })).over, true);
  });

  test("a job whose last attempt failed is over", async () => {
    assert.equal((await decide({ outcome: "errored", hasHook: true })).over, true);
  });
});

/** Every combination that an attempt can end with: a job that has ended runs only its hook, and a deferred job always runs again. */
const EVERY_END = `
  select o.outcome, a.again, c.cancelled, e.ended, t.result, t.next, t.over
  from unnest(array['successful', 'errored', 'deferred', 'cancelled', 'lost', 'released', 'hook_done', 'hook_lost']) as o(outcome)
  cross join (values (false), (true)) as a(again)
  cross join (values (false), (true)) as c(cancelled)
  cross join (values (false), (true)) as h(has_hook)
  cross join (values (false), (true)) as e(ended)
  cross join lateral mayfly.after_attempt(o.outcome, a.again, c.cancelled, h.has_hook, e.ended) as t
  where (not e.ended or o.outcome in ('released', 'hook_done', 'hook_lost')) and (o.outcome <> 'deferred' or a.again)`;

describe("whatever the end", () => {
  test("it is known where the job goes, and whether anything follows", async () => {
    assert.deepEqual(await database.sql(`select s.* from (${EVERY_END}) as s where s.next is null or s.over is null`), []);
  });

  test("a job ends only with a result that is written now, or was before", async () => {
    const ends = `select s.* from (${EVERY_END}) as s where s.next = 'gone' and s.result is null and not s.ended`;
    assert.deepEqual(await database.sql(ends), []);
  });

  test("a cancelled job begins no other attempt, unless it was given back or its hook goes on", async () => {
    const goesOn = "s.next in ('ready', 'scheduled') or s.next = 'hook' and not s.over";
    assert.deepEqual(
      await database.sql(`select distinct s.outcome, s.again from (${EVERY_END}) as s where s.cancelled and (${goesOn}) order by 1, 2`),
      [
        { outcome: "hook_done", again: true },
        { outcome: "hook_lost", again: false },
        { outcome: "hook_lost", again: true },
        { outcome: "released", again: false },
        { outcome: "released", again: true },
      ],
    );
  });
});
