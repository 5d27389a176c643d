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
