/**
 * Schedules whose ticks meet others on a grid.
 * @module
 */
import { onGrid } from "../base/grid.ts";
import type { Schedule } from "./schedule.ts";

/** The schedule with each tick at the next point of the grid of this width. Ticks that meet at one are one. */
export function within(schedule: Schedule, widthMs: number): Schedule {
  return Object.freeze({
    next(after: Date) {
      // What was skipped to reach this point is no later than the last one at or before it.
      const before = new Date(Math.floor(after.getTime() / widthMs) * widthMs);
      const tick = schedule.next(before);
      return tick instanceof Date ? new Date(onGrid(tick.getTime(), widthMs)) : tick;
    },
  });
}
