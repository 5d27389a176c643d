/**
 * The code speaks the words of docs/glossary.md, and none of those that these replaced.
 * @module
 */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";

const root = join(import.meta.dirname, "..");

/** Words that were replaced, each with the word to use. An identifier is the whole word; the rest is a pattern. */
const REPLACED: readonly (readonly [found: RegExp, instead: string])[] = [
  [/\blook_v1\b/, "tick_v1, maintain_v1"],
  [/\bturn_v1_\w+/, "turn_..."],
  [/\btally\b/i, "attempt_counts"],
  [/\b(note_cost|cost_of|mayfly\.cost)\b/, "usage"],
  [/\badd_up\w*/, "roll_up_..."],
  [/\b(let_in|letIn)\b/, "admit_throttled"],
  [/\bend_waiting\b/, "cancel_waiting"],
  [/\b(again_ms|againMs)\b/, "retry_in_ms, retryInMs"],
  [/\bcharge\b/, "counts_as_attempt, countsAsAttempt"],
  [/\buncharged\b/i, "free_attempts, freeAttempts"],
  [/\b(fits_ms|fitsMs)\b/, "max_timeout_ms, maxTimeoutMs"],
  [/\b(job_fits|result_fits)\b/, "job_matches, result_matches"],
  [/\bhooked\b/, "has_hook, hook_done, hookNames"],
  [/\bmisfits\b/i, "the reason why they do not fit"],
  [/\bpatience\w*/i, "park_delay, CallOptions, maxWaitMs"],
  [/\bverdicts?\b/i, "rejections, outcome"],
  [/\b(bell|Bell)\b/, "WakeSignal"],
  [/\bvigil\b/i, "PollStrategy"],
  [/\bbench\b/i, "InFlight"],
  [/\b(ear|Ear)\b/, "Listener"],
  [/\b(Grace|grace_ms)\b/, "OutageGrace, graceMs"],
  [/\bkept_?marks\b/i, "WatermarkCache"],
  [/\b(result_slots?|slot smallint)\b/, "partition"],
  [/["']held["']/, "throttled"],
  [/\b(gone_claims|goneClaims)\b/, "lost_claims, lostClaims"],
];

const FILES = globSync("{src/**/*.{ts,tsx},adapters/**/*.ts,sql/{migrations,functions,statements}/**/*.sql}", { cwd: root })
  .filter((file) => !file.startsWith("src/postgres/sql/"))
  .filter((file) => file !== "src/dashboard/assets.ts");

/** The code without its comments, in which a word may be plain English. */
function codeOf(file: string): string {
  const text = readFileSync(join(root, file), "utf8");
  return file.endsWith(".sql") ? text.replace(/--.*/g, "") : text.replace(/\/\*[\s\S]*?\*\/|(?<![:"'`])\/\/.*/g, "");
}

describe("the words of the code", () => {
  for (const [pattern, instead] of REPLACED) {
    test(`${pattern.source} is called ${instead}`, () => {
      assert.deepEqual(
        FILES.filter((file) => pattern.test(codeOf(file))),
        [],
      );
    });
  }

  test("comments are left out, code is not", () => {
    assert.ok(FILES.length > 200);
    assert.ok(codeOf("sql/functions/turn_v1.sql").includes("create function mayfly.turn_v1("));
    assert.ok(!codeOf("sql/functions/turn_v1.sql").includes("one round trip of a worker"));
  });
});
