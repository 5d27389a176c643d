import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCron } from "../../src/schedule/cron.ts";

/** The ticks after an instant, as ISO 8601 without seconds and zone where these are zero. */
function ticks(expression: string, after: string, count: number, timezone?: string): string[] {
  const result = parseCron(expression, timezone);
  if (!result.ok) assert.fail(result.problems.list());
  const found: string[] = [];
  let at: Date | null = new Date(after);
  while (found.length < count) {
    at = result.schedule.next(at);
    if (!at) break;
    found.push(at.toISOString().replace(/(:00)?\.000Z$/, ""));
  }
  return found;
}

function problem(expression: unknown, timezone?: unknown): string {
  const result = parseCron(expression as string, timezone as string);
  return result.ok
    ? assert.fail(`${String(expression)} was taken`)
    : result.problems.told.map(({ path, message }) => `${path} ${message}`).join();
}

test("a step counts from the start of its range", () => {
  const minutes = (expression: string) => ticks(expression, "2026-01-01T00:59:59Z", 6).map((tick) => Number(tick.slice(14)));
  assert.deepEqual(minutes("10-50/7 1 * * *"), [10, 17, 24, 31, 38, 45]);
  assert.deepEqual(ticks("0 0 */2 * *", "2026-01-01T00:00:00Z", 3), ["2026-01-03T00:00", "2026-01-05T00:00", "2026-01-07T00:00"]);
  assert.deepEqual(ticks("0 0 1 */3 *", "2026-01-01T00:00:00Z", 3), ["2026-04-01T00:00", "2026-07-01T00:00", "2026-10-01T00:00"]);
  assert.deepEqual(ticks("0 0-23/9 * * *", "2026-01-01T00:00:00Z", 3), ["2026-01-01T09:00", "2026-01-01T18:00", "2026-01-02T00:00"]);
});

test("Sunday is 0 and 7, Monday is 1, and names do as well as numbers", () => {
  for (const sunday of ["0", "7", "SUN", "sun"])
    assert.deepEqual(ticks(`0 9 * * ${sunday}`, "2026-01-01T00:00:00Z", 1), ["2026-01-04T09:00"]);
  assert.deepEqual(ticks("0 9 * * 1", "2026-01-01T00:00:00Z", 1), ["2026-01-05T09:00"]);
  assert.deepEqual(ticks("0 9 * * SAT-SUN", "2026-01-01T00:00:00Z", 3), ["2026-01-03T09:00", "2026-01-04T09:00", "2026-01-10T09:00"]);
  assert.deepEqual(ticks("0 9 1 JAN,Jul *", "2026-01-02T00:00:00Z", 2), ["2026-07-01T09:00", "2027-01-01T09:00"]);
});

test("two restricted day fields are an or, one with a star is an and", () => {
  assert.deepEqual(ticks("0 0 13 * FRI", "2026-01-01T00:00:00Z", 3), ["2026-01-02T00:00", "2026-01-09T00:00", "2026-01-13T00:00"]);
  assert.deepEqual(ticks("0 0 */2 * MON", "2026-01-01T00:00:00Z", 3), ["2026-01-05T00:00", "2026-01-19T00:00", "2026-02-09T00:00"]);
});

test("names stand for what they stand for in every cron", () => {
  const after = "2026-06-10T10:10:00Z";
  for (const [name, tick] of [
    ["@yearly", "2027-01-01T00:00"],
    ["@annually", "2027-01-01T00:00"],
    ["@monthly", "2026-07-01T00:00"],
    ["@weekly", "2026-06-14T00:00"],
    ["@daily", "2026-06-11T00:00"],
    ["@midnight", "2026-06-11T00:00"],
    ["@hourly", "2026-06-10T11:00"],
  ] as const) {
    assert.deepEqual(ticks(name, after, 1), [tick]);
  }
});

test("a sixth field in front is the second", () => {
  assert.deepEqual(ticks("*/25 0 0 * * *", "2026-01-01T00:00:00Z", 3), ["2026-01-01T00:00:25", "2026-01-01T00:00:50", "2026-01-02T00:00"]);
  assert.deepEqual(ticks("* * * * *", "2026-01-01T00:00:00.500Z", 1), ["2026-01-01T00:01"]);
});

test("the last day, the nearest working day and the second Monday of a month are known", () => {
  assert.deepEqual(ticks("0 0 L * *", "2028-01-31T00:00:00Z", 2), ["2028-02-29T00:00", "2028-03-31T00:00"]);
  assert.deepEqual(ticks("0 0 1W * *", "2026-08-01T00:00:00Z", 1), ["2026-08-03T00:00"]);
  assert.deepEqual(ticks("0 0 * * MON#2", "2026-01-01T00:00:00Z", 2), ["2026-01-12T00:00", "2026-02-09T00:00"]);
});

test("29 February comes every four years, and after eight around 2100", () => {
  assert.deepEqual(ticks("0 0 29 2 *", "2092-03-01T00:00:00Z", 3), ["2096-02-29T00:00", "2104-02-29T00:00", "2108-02-29T00:00"]);
});

test("in a repeated hour a fixed time counts once, an interval goes on, and nothing lies in the past", () => {
  const [zone, midnight] = ["America/New_York", "2024-11-03T04:00:00Z"];
  assert.deepEqual(ticks("30 1 * * *", midnight, 2, zone), ["2024-11-03T05:30", "2024-11-04T06:30"]);
  // Asked in the second pass, as a loop would.
  assert.deepEqual(ticks("30 1 * * *", "2024-11-03T06:10:00Z", 1, zone), ["2024-11-04T06:30"]);
  assert.deepEqual(ticks("*/30 * * * *", "2024-11-03T05:00:00Z", 4, zone), [
    "2024-11-03T05:30",
    "2024-11-03T06:00",
    "2024-11-03T06:30",
    "2024-11-03T07:00",
  ]);
  assert.equal(ticks("*/10 * * * * *", "2024-11-03T05:00:00Z", 720, zone).at(-1), "2024-11-03T07:00");
  assert.deepEqual(ticks("15 30 1 * * *", midnight, 2, zone), ["2024-11-03T05:30:15", "2024-11-04T06:30:15"]);
});

test("in a skipped hour a fixed time counts at its end, on that day, and an interval goes on", () => {
  const zone = "Europe/Berlin";
  assert.deepEqual(ticks("30 2 * * *", "2024-03-30T12:00:00Z", 2, zone), ["2024-03-31T01:00", "2024-04-01T00:30"]);
  assert.deepEqual(ticks("0,30 2-3 * * *", "2024-03-30T12:00:00Z", 3, zone), ["2024-03-31T01:00", "2024-03-31T01:30", "2024-04-01T00:00"]);
  assert.deepEqual(ticks("*/30 * * * *", "2024-03-31T00:00:00Z", 3, zone), ["2024-03-31T00:30", "2024-03-31T01:00", "2024-03-31T01:30"]);
});

test("what can never be is refused, with what was written and what is right", () => {
  for (const wrong of [
    "",
    "   ",
    "* * * *",
    "* * * * * * *",
    "99 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "* * 32 * *",
    "* * * 13 *",
    "* * * * 8",
    "60 * * * * *",
    "5/15 * * * *",
    "*/0 * * * *",
    "50-70/30 * * * *",
    "30-10 * * * *",
    "* * * * FRI-MON",
    "1,,2 * * * *",
    "-5 * * * *",
    "1.5 * * * *",
    "* * * * noon",
    "MON * * * *",
    "0 0 30 2 *",
    "0 0 31 4,6,9,11 *",
    "@reboot",
    "@fortnightly",
    "@daily 5",
    "2026-01-01T00:00:00",
    "Thu 1 Jan 2026 10:30",
  ]) {
    const said = problem(wrong);
    assert.ok(said.startsWith(`when is ${JSON.stringify(wrong)}: `) && said.includes('such as "*/15 9-17 * * MON-FRI"'), said);
  }
  assert.match(problem("99 * * * *"), /invalid value for minute: 99\./);
  assert.match(problem("0 0 30 2 *"), /no date matches it/);
  assert.match(problem(5), /is 5: it is not text/);
});

test("a time zone that nobody knows is refused, together with the expression", () => {
  for (const zone of ["Mars/Olympus", "", "Berlin", null]) {
    assert.equal(problem("@daily", zone), `timezone is ${JSON.stringify(zone)}; it is an IANA name such as "Europe/Berlin"`);
  }
  assert.match(problem("61 * * * *", "Nowhere"), /timezone is "Nowhere".*,when is "61/);
});
