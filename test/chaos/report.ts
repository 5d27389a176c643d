/**
 * What the chaos has shown, as a page has it.
 * @module
 */
import type { Counts } from "./judge.ts";

/** How long after the end of a fault, in milliseconds. */
export interface Recovery {
  /** Until a result was accepted again. */
  readonly firstMs: number;
  /** Until every attempt that was under way had its result: those of the dead have to be found first. */
  readonly allMs: number;
}

export interface Shown {
  readonly command: string;
  readonly seconds: number;
  readonly counts: Counts;
  readonly recoveries: ReadonlyMap<string, readonly Recovery[]>;
  /** What was left out, and why. */
  readonly leftOut: readonly string[];
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

function medianAndMost(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  return `${seconds(sorted[(sorted.length - 1) >> 1] ?? 0)}, ${seconds(sorted.at(-1) ?? 0)}`;
}

/** Two tables: the figures, and each fault with its recovery. */
export function reportOf({ command, seconds: lasted, counts, recoveries, leftOut }: Shown): string {
  const faults = [...recoveries].map(([name, times]) => {
    const cells = [times.map(({ firstMs }) => firstMs), times.map(({ allMs }) => allMs)].map(medianAndMost);
    return `| ${name} | ${times.length} | ${cells.join(" | ")} |`;
  });
  return [
    `\`${command}\`, ${lasted} s, ${[...recoveries.values()].flat().length} faults:`,
    "",
    "| what | how many |",
    "| --- | --- |",
    ...Object.entries(counts).map(([what, count]) => `| ${what} | ${count} |`),
    "",
    "| fault | times | until a result was accepted again: median, most | until all that had been under way had a result: median, most |",
    "| --- | --- | --- | --- |",
    ...faults,
    ...leftOut.map((what) => `\n${what}`),
  ].join("\n");
}
