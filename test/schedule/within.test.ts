/**
 * Schedules whose ticks meet others on a grid.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isMayflyError } from "../../src/base/errors.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import { parseCron } from "../../src/schedule/cron.ts";
import { dueTicks } from "../../src/schedule/due-ticks.ts";
import { type Schedule, schedule } from "../../src/schedule/schedule.ts";
import { scheduleSetHash } from "../../src/schedule/schedule-set.ts";

const work = defineJob("work");
const MINUTE = 60_000;
const NOON = new Date("2026-01-01T12:00:00Z");

function ticksOf({ next }: Schedule, count: number): string[] {
  const ticks: Date[] = [];
  while (ticks.length < count) ticks.push(next(ticks.at(-1) ?? NOON) as Date);
  return ticks.map((tick) => tick.toISOString().slice(11, 16));
}

describe("within a width", () => {
  test("ticks are at the next point of the grid, and those that meet there are one", () => {
    assert.deepEqual(ticksOf(schedule("a", "7 * * * *", work, { within: "15m" }).schedule, 2), ["12:15", "13:15"]);
    assert.deepEqual(ticksOf(schedule("b", "*/5 * * * *", work, { within: "15m" }).schedule, 3), ["12:15", "12:30", "12:45"]);
    assert.deepEqual(ticksOf(schedule("c", "0 * * * *", work, { within: "15m" }).schedule, 2), ["13:00", "14:00"]);
  });

  test("a tick is never early, none is late by the width or left out, and each has a point of its own", () => {
    const expression = fc.constantFrom("* * * * *", "7 * * * *", "3,29,31 * * * *", "0 */5 * * *", "*/10 * * * * *");
    const width = fc.integer({ min: 1, max: 3_600 }).map((seconds) => seconds * 1_000);
    fc.assert(
      fc.property(expression, width, fc.integer({ min: 0, max: 1e9 }), (when, withinMs, ahead) => {
        const plain = parseCron(when);
        assert.ok(plain.ok);
        const grid = schedule("s", when, work, { within: withinMs }).schedule;
        let point = new Date(NOON.getTime() + ahead);
        for (let nth = 0; nth < 5; nth += 1) {
          const next = grid.next(point) as Date;
          assert.ok(next > point);
          const tick = plain.schedule.next(new Date(next.getTime() - withinMs)) as Date;
          assert.ok(tick <= next, "a tick lies in the width before the point");
          if (nth > 0) {
            const first = plain.schedule.next(point) as Date;
            assert.ok(next >= first && next.getTime() - first.getTime() < withinMs);
          }
          point = next;
        }
      }),
    );
  });

  test("the definition's width is that of its schedules, unless they say otherwise", () => {
    const lazy = defineJob("lazy", { within: "1h" });
    assert.deepEqual(ticksOf(schedule("a", "7 * * * *", lazy).schedule, 1), ["13:00"]);
    assert.deepEqual(ticksOf(schedule("b", "7 * * * *", lazy, { within: "15m" }).schedule, 1), ["12:15"]);
    assert.deepEqual(ticksOf(schedule("c", "7 * * * *", lazy, { within: null }).schedule, 1), ["12:07"]);
  });

  test("what was missed is made up for as ever", () => {
    const state = { nextAt: new Date("2026-01-01T12:15:00Z"), resumedAt: null, now: new Date("2026-01-01T14:20:00Z") };
    const { ticks, next } = dueTicks(schedule("a", "7 * * * *", work, { within: "15m", missed: "all" }), state);
    assert.deepEqual(
      [...ticks, next].map((at) => at?.toISOString().slice(11, 16)),
      ["12:15", "13:15", "14:15", "15:15"],
    );
  });

  test("a schedule of one's own that ends, or fails, does so on the grid, too", () => {
    assert.equal(schedule("a", { next: () => null }, work, { within: "15m" }).schedule.next(NOON), null);
    const stuck = schedule("b", { next: () => NOON }, work, { within: "15m" });
    const now = new Date(NOON.getTime() + MINUTE);
    assert.match(dueTicks(stuck, { nextAt: NOON, resumedAt: null, now }).problem ?? "", /is not a later date/);
  });

  test("another width is another set of schedules", () => {
    const hash = (within: string) => scheduleSetHash([schedule("a", "7 * * * *", work, { within })]);
    assert.notEqual(hash("15m"), hash("30m"));
    assert.equal(hash("15m"), hash("900s"));
  });

  for (const within of ["0s", "999ms", "25h", "soon", -1, Number.NaN]) {
    test(`of ${within} is refused`, () => {
      for (const define of [() => schedule("a", "@daily", work, { within }), () => defineJob("b", { within })]) {
        assert.throws(define, (error) => isMayflyError(error, "invalid_config") && error.problems[0]?.path.join() === "within");
      }
    });
  }
});
