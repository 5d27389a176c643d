/**
 * The soft end of an invocation, so that what it claims can end.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fitLifetime } from "../../src/app/lifetime.ts";

const job = (timeoutMs: number) => ({ timeoutMs });
const [short, default_, long] = [job(5_000), job(20_000), job(600_000)];

test("where every job can end, the soft end is the one that was asked for", () => {
  const lifetime = { claimForMs: 50_000, hardEndMs: 900_000 };
  assert.deepEqual(fitLifetime(lifetime, [short, default_, long]), { lifetime, tooLong: [] });
  assert.deepEqual(fitLifetime(lifetime, []), { lifetime, tooLong: [] });
});

test("else it comes so early that the longest of those that fit can end", () => {
  const { lifetime, tooLong } = fitLifetime({ claimForMs: 50_000, hardEndMs: 60_000 }, [short, default_, long]);
  assert.deepEqual([lifetime.claimForMs, tooLong], [38_000, [long]]);
});

test("a job that would leave less than a second to claim in does not fit", () => {
  const within = (hardEndMs: number) => fitLifetime({ claimForMs: 50_000, hardEndMs }, [default_]);
  assert.deepEqual(within(23_000), { lifetime: { claimForMs: 1_000, hardEndMs: 23_000 }, tooLong: [] });
  assert.deepEqual(within(22_999), { lifetime: { claimForMs: 20_999, hardEndMs: 22_999 }, tooLong: [default_] });
  assert.equal(within(1_000).lifetime.claimForMs, 0);
});
