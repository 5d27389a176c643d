/**
 * Scales of charts.
 * @module
 */
import { nice, ticks } from "d3-array";

export interface Scale {
  readonly top: number;
  /** From 0 to the top, evenly. */
  readonly ticks: readonly number[];
}

/** A scale for counts: whole numbers on its ticks, and room for the highest. */
export function countScale(highest: number): Scale {
  const most = Math.max(4, highest);
  const [, top] = nice(0, most, 4);
  return { top, ticks: ticks(0, top, 4) };
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export interface TimeLabel {
  readonly text: string;
  /** The first to go where there is little room. */
  readonly minor: boolean;
}

/** What stands below the bar of this time: every ten minutes, every four hours or every day, in UTC; undefined between them. */
export function timeLabel(at: string, stepMs: number): TimeLabel | undefined {
  const [day, hour, minute] = [Number(at.slice(8, 10)), Number(at.slice(11, 13)), Number(at.slice(14, 16))];
  if (stepMs >= 3_600_000) return hour === 0 ? { text: `${MONTHS[Number(at.slice(5, 7)) - 1]} ${day}`, minor: day % 2 === 1 } : undefined;
  const [value, every] = stepMs <= 60_000 ? [minute, 10] : [hour * 60 + minute, 240];
  return value % every === 0 ? { text: at.slice(11, 16), minor: value % (2 * every) !== 0 } : undefined;
}
