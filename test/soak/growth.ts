/**
 * Whether anything has grown: the end of a run beside its first fifth.
 * @module
 */

/** More than this many times the value after a fifth is growth. */
export const MOST = 1.1;

export interface Growth {
  /** After a fifth of the run: the median of the tenth around it. */
  readonly early: number;
  /** The median of the last tenth. */
  readonly late: number;
  readonly grew: boolean;
}

/** Of samples at an even pace. What is below `least` is as good as nothing, and may double. */
export function growthOf(values: readonly number[], least: number): Growth {
  const part = (from: number, to: number) => median(values.slice(Math.floor(from * values.length), Math.ceil(to * values.length)));
  const [early, late] = [part(0.15, 0.25), part(0.9, 1)];
  return { early, late, grew: late > Math.max(early * MOST, least) };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
