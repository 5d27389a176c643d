import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseCron } from "../../src/schedule/cron.ts";
import type { Schedule } from "../../src/schedule/schedule.ts";
import { cronOracle, zoneClock } from "../support/cron-oracle.ts";

const MINUTE = 60_000;
const FROM = new Date("2020-01-01T00:00:00Z");
const TO = new Date("2030-01-01T00:00:00Z");
const [FROM_MINUTE, TO_MINUTE] = [FROM.getTime() / MINUTE, TO.getTime() / MINUTE];

/** By whole hours, by half an hour, never, with a month of standard time in the middle of summer time, and at midnight. */
const ZONES = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca", "America/Havana", "UTC"];
const clocks = new Map(ZONES.map((zone) => [zone, zoneClock(zone, FROM, TO)]));

function read(expression: string, zone: string): Schedule | undefined {
  const result = parseCron(expression, zone);
  return result.ok ? result.schedule : undefined;
}

/** Follows an expression and the oracle from an instant, a number of ticks or until an end, and compares each. */
function compare(expression: string, zone: string, from: number, ticks: number, end = TO_MINUTE): void {
  const schedule = read(expression, zone);
  const oracle = cronOracle(expression, clocks.get(zone) ?? assert.fail(zone));
  if (!schedule) {
    assert.equal(oracle(FROM_MINUTE, TO_MINUTE), null, `${expression} was refused`);
    return;
  }
  let at = from;
  for (let tick = 0; tick < ticks && at < end; tick++) {
    const right = oracle(at, end);
    const given: Date | null = schedule.next(new Date(at * MINUTE));
    const where = `${expression} in ${zone} after ${new Date(at * MINUTE).toISOString()}`;
    if (right === null) {
      assert.ok(given === null || given.getTime() >= end * MINUTE, `${where}: ${given?.toISOString()}, the oracle finds none`);
      return;
    }
    assert.equal(given?.toISOString(), new Date(right * MINUTE).toISOString(), where);
    at = right;
  }
}

function field(least: number, most: number, names: readonly string[] = []): fc.Arbitrary<string> {
  const value = fc.integer({ min: least, max: most });
  const range = fc.tuple(value, value).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
  const step = fc.integer({ min: 1, max: Math.min(most, 12 + least) });
  const one = fc.oneof(
    value.map(String),
    range.map(([a, b]) => `${a}-${b}`),
    fc.tuple(range, step).map(([[a, b], by]) => `${a}-${b}/${by}`),
    ...(names.length > 0 ? [fc.constantFrom(...names)] : []),
  );
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant("*") },
    { weight: 2, arbitrary: step.map((by) => `*/${by}`) },
    { weight: 4, arbitrary: fc.array(one, { minLength: 1, maxLength: 3 }).map((parts) => parts.join()) },
  );
}

const expressions = fc
  .tuple(
    field(0, 59),
    fc.oneof(field(0, 23), field(0, 3)),
    field(1, 31),
    field(1, 12, ["JAN", "MAR", "OCT", "NOV"]),
    field(0, 6, ["SUN", "MON", "SAT", "7", "MON-FRI", "5-7", "SAT-SUN"]),
  )
  .map((fields) => fields.join(" "));

/** An instant near a change of the clocks, or any. */
const starts = fc.constantFrom(...ZONES).chain((zone) => {
  const any = fc.integer({ min: FROM_MINUTE, max: TO_MINUTE });
  const changes = clocks.get(zone)?.changes ?? [];
  if (changes.length === 0) return any.map((from) => [zone, from] as const);
  const near = fc.tuple(fc.constantFrom(...changes), fc.integer({ min: -300, max: 180 })).map(([change, minutes]) => change + minutes);
  return fc.oneof({ weight: 3, arbitrary: near }, { weight: 1, arbitrary: any }).map((from) => [zone, from] as const);
});

test("any expression fires when the slow oracle says, in every zone, also where clocks change", () => {
  fc.assert(
    fc.property(expressions, starts, (expression, [zone, from]) => compare(expression, zone, from, 8)),
    { numRuns: 1_000 },
  );
});

const NASTY = [
  "*/15 * * * *",
  "30 * * * *",
  "0 0 * * *",
  "30 0 * * *",
  "30 1 * * *",
  "0 2 * * *",
  "15 2 * * *",
  "30 2 * * *",
  "59 2 * * *",
  "0 3 * * *",
  "*/15 2 * * *",
  "0,15,30,45 1-3 * * *",
  "0-59/20 0-23 * * *",
  "30 0-23/1 * * *",
  "5 */2 * * *",
  "30 1,2 * * SUN",
  "30 2 1-31/2 * SUN",
  "30 2 */2 * SUN",
  "30 2 8-14 3,10 *",
];

test("around every change of the clocks in ten years, nothing is early, late, doubled or lost", () => {
  for (const zone of ZONES) {
    for (const change of clocks.get(zone)?.changes ?? []) {
      for (const expression of NASTY) compare(expression, zone, change - 400, 40, change + 400);
    }
  }
});

test("a daily time is followed through all ten years", () => {
  for (const [zone, expression] of [
    ["America/New_York", "30 1,2 * * *"],
    ["Australia/Lord_Howe", "45 1 * * *"],
    ["Africa/Casablanca", "30 2 * * MON-SAT"],
    ["Asia/Kolkata", "0 0 29 2 *"],
  ] as const) {
    compare(expression, zone, FROM_MINUTE, Number.POSITIVE_INFINITY);
  }
});
