/**
 * The little statistics that benchmarks need.
 * @module
 */

/** The value below which that share of them lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The one in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** How many a second. */
export function perSecond(count: number, ms: number): number {
  return (count / ms) * 1_000;
}
