/**
 * How deep a queue is, beside the others: what waits, and what runs.
 * @module
 */
import { many } from "../format.ts";

export interface DepthBarProps {
  readonly ready: number;
  readonly running: number;
  /** What the whole width stands for. */
  readonly most: number;
}

export function DepthBar({ ready, running, most }: DepthBarProps) {
  const scale = 100 / Math.max(1, most);
  return (
    <svg
      class="depth"
      viewBox="0 0 100 8"
      preserveAspectRatio="none"
      role="img"
      aria-label={`${many(ready, "job")} ready, ${running} running`}
    >
      <rect class="track" x="0" y="0" width="100" height="8" />
      <rect class="running" x="0" y="0" width={width(running, scale)} height="8" />
      <rect class="ready" x={width(running, scale)} y="0" width={width(ready, scale)} height="8" />
    </svg>
  );
}

/** A single job is still seen. */
function width(value: number, scale: number): string {
  return (value === 0 ? 0 : Math.max(1, value * scale)).toFixed(2);
}
