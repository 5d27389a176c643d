import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseCron } from "../../src/schedule/cron.ts";
import { dueTicks, firstTick } from "../../src/schedule/due-ticks.ts";
import type { MissedPolicy, Schedule } from "../../src/schedule/schedule.ts";

const at = (text: string) => new Date(`2026-03-${text}Z`);

function cron(expression: string, timezone?: string): Schedule {
  const result = parseCron(expression, timezone);
  return result.ok ? result.schedule : assert.fail(expression);
}

/** The schedule, and how often it was asked. */
function counted(schedule: Schedule): Schedule & { readonly asked: () => number } {
  let asked = 0;
  const next = (after: Date) => {
    asked++;
    return schedule.next(after);
  };
  return { next, asked: () => asked };
}

function due(schedule: Schedule, missed: MissedPolicy, nextAt: Date, now: Date, resumedAt: Date | null = null) {
  const { ticks, next, problem } = dueTicks({ schedule, missed }, { nextAt, now, resumedAt });
  assert.equal(problem, undefined);
  return { ticks: ticks.map((tick) => tick.toISOString().slice(8, 19)), next: next?.toISOString().slice(8, 19) };
}

const hourly = cron("0 * * * *");

test("a tick that has just come is fired, whatever becomes of missed ones", () => {
  for (const missed of ["skip", "once", "all"] as const) {
    assert.deepEqual(due(hourly, missed, at("01T10:00:00"), at("01T10:00:00")), { ticks: ["01T10:00:00"], next: "01T11:00:00" });
    assert.deepEqual(due(hourly, missed, at("01T10:00:00"), at("01T10:01:59")), { ticks: ["01T10:00:00"], next: "01T11:00:00" });
  }
});

test("of ticks that have passed, `once` fires the latest, `all` each of them, oldest first", () => {
  const [nextAt, now] = [at("01T10:00:00"), at("01T12:30:00")];
  assert.deepEqual(due(hourly, "once", nextAt, now), { ticks: ["01T12:00:00"], next: "01T13:00:00" });
  assert.deepEqual(due(hourly, "all", nextAt, now), { ticks: ["01T10:00:00", "01T11:00:00", "01T12:00:00"], next: "01T13:00:00" });
});

test("`skip` drops a tick that nobody fired within two minutes, and fires a later one", () => {
  assert.deepEqual(due(hourly, "skip", at("01T10:00:00"), at("01T10:02:00")).ticks, ["01T10:00:00"]);
  assert.deepEqual(due(hourly, "skip", at("01T10:00:00"), at("01T10:02:01")), { ticks: [], next: "01T11:00:00" });
  assert.deepEqual(due(hourly, "skip", at("01T10:00:00"), at("01T12:01:00")), { ticks: ["01T12:00:00"], next: "01T13:00:00" });
});

test("ticks of a pause never count", () => {
  const [nextAt, now] = [at("01T10:00:00"), at("01T12:30:00")];
  assert.deepEqual(due(hourly, "all", nextAt, now, at("01T11:00:00")), { ticks: ["01T12:00:00"], next: "01T13:00:00" });
  assert.deepEqual(due(hourly, "all", nextAt, now, at("01T12:00:00")), { ticks: [], next: "01T13:00:00" });
  assert.deepEqual(due(hourly, "once", nextAt, now, at("01T12:10:00")), { ticks: [], next: "01T13:00:00" });
  assert.deepEqual(due(hourly, "all", nextAt, now, at("01T09:00:00")).ticks.length, 3);
});

test("a schedule may end", () => {
  const last: Schedule = { next: (after) => (after < at("01T10:00:00") ? at("01T10:00:00") : null) };
  assert.deepEqual(due(last, "all", at("01T10:00:00"), at("05T00:00:00")), { ticks: ["01T10:00:00"], next: undefined });
});

test("a month of missed seconds costs no more than a few looks, and the latest hundred are made up for", () => {
  for (const [missed, most] of [
    ["once", 200],
    ["all", 1_500],
  ] as const) {
    const schedule = counted(cron("* * * * * *"));
    const { ticks } = due(schedule, missed, at("01T00:00:00"), at("31T00:00:00"));
    assert.equal(ticks.length, missed === "all" ? 100 : 1);
    assert.equal(ticks.at(-1), "31T00:00:00");
    assert.equal(ticks[0], missed === "all" ? "30T23:58:21" : "31T00:00:00");
    assert.ok(schedule.asked() < most, `it was asked ${schedule.asked()} times`);
  }
});

test("from any schedule the latest ticks are found, as a walk over all of them finds them", () => {
  const expressions = fc.constantFrom("*/7 * * * *", "* 9 * * *", "0 */5 * * *", "3,4 1 * * *", "30 2 * * *", "* 2 29 * *");
  const minutes = fc.integer({ min: 0, max: 30 * 1_440 });
  fc.assert(
    fc.property(
      expressions,
      minutes,
      fc.integer({ min: 0, max: 4_000 }),
      fc.constantFrom("once", "all"),
      (expression, start, length, missed) => {
        // The clocks of Berlin are changed in this month.
        const schedule = cron(expression, "Europe/Berlin");
        const nextAt = schedule.next(new Date(at("01T00:00:00").getTime() + start * 60_000)) as Date;
        const now = new Date(nextAt.getTime() + length * 60_000 + 500);
        const all: Date[] = [];
        for (let tick: Date | null = nextAt; tick && tick <= now; tick = schedule.next(tick)) all.push(tick);
        const { ticks, next } = dueTicks({ schedule, missed }, { nextAt, now, resumedAt: null });
        assert.deepEqual(ticks, all.slice(missed === "all" ? -100 : -1));
        assert.deepEqual(next, schedule.next(now));
        assert.ok(next && next > now);
      },
    ),
    { numRuns: 100 },
  );
});

test("bursts of a schedule of one's own are found as well, and one that denies itself ends", () => {
  // A thousand ticks a millisecond apart, once a day.
  const burst = counted({
    next: (after) => {
      const ms = after.getTime() + 1;
      const day = Math.floor(ms / 86_400_000) * 86_400_000;
      return new Date(ms - day < 1_000 ? ms : day + 86_400_000);
    },
  });
  const { ticks } = dueTicks({ schedule: burst, missed: "all" }, { nextAt: at("01T00:00:00"), now: at("20T18:00:00"), resumedAt: null });
  assert.deepEqual([ticks[0]?.getTime(), ticks.length], [at("20T00:00:00").getTime() + 900, 100]);
  assert.ok(burst.asked() < 10_000);

  let odd = 0;
  const fickle = counted({ next: (after) => new Date(after.getTime() + (odd++ % 3 === 0 ? 86_400_000 : 1)) });
  const answer = dueTicks({ schedule: fickle, missed: "all" }, { nextAt: at("01T00:00:00"), now: at("20T18:00:00"), resumedAt: null });
  assert.ok(answer.ticks.length <= 100 && fickle.asked() < 50_000);
});

test("a schedule that throws or gives no later date is a problem of its own", () => {
  const [nextAt, now] = [at("01T10:00:00"), at("01T12:00:00")];
  for (const [next, said] of [
    [() => assert.fail("broken"), /^next\(2026-03-01T12:00:00\.000Z\) threw: broken$/],
    [(after: Date) => after, /gave 2026-03-01T12:00:00\.000Z, which is not a later date$/],
    [() => new Date(0), /gave 1970-01-01T00:00:00\.000Z, which is not a later date$/],
    [() => new Date(Number.NaN), /gave Invalid Date, which/],
    [() => undefined, /gave undefined, which/],
    [() => "2030-01-01", /gave 2030-01-01, which/],
  ] as const) {
    const entry = { schedule: { next: next as Schedule["next"] }, missed: "once" } as const;
    const { problem = "", ...rest } = dueTicks(entry, { nextAt, now, resumedAt: null });
    assert.deepEqual(rest, { ticks: [], next: null });
    assert.match(problem, said);
    assert.match(firstTick(entry, now).problem ?? "", said);
  }
  assert.deepEqual(firstTick({ schedule: hourly }, now), { next: at("01T13:00:00") });
});

test("a schedule that changes the dates it is given changes nothing else", () => {
  const careless: Schedule = { next: (after) => new Date(after.setUTCHours(after.getUTCHours() + 1)) };
  const [nextAt, now] = [at("01T10:00:00"), at("01T12:00:00")];
  assert.deepEqual(due(careless, "all", nextAt, now), { ticks: ["01T10:00:00", "01T11:00:00", "01T12:00:00"], next: "01T13:00:00" });
  assert.deepEqual([nextAt, now], [at("01T10:00:00"), at("01T12:00:00")]);
});
