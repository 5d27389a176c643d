/**
 * What every scenario has: things measured side by side, each in a process and a database of its own.
 * @module
 */
import type { Figures, Ratio } from "./figures.ts";

/** What varies between cases; it crosses the border of a process. */
export type Options = Readonly<Record<string, string | number>>;

export interface Case {
  readonly name: string;
  /** Measured in turn, each round in another order. */
  readonly subjects: readonly string[];
  readonly options: Options;
}

export interface Scenario {
  readonly name: string;
  /** What is compared within each round, by the name that tables have for it. */
  readonly ratios: Readonly<Record<string, Ratio>>;
  /** Most rounds worth while, for those that take minutes. */
  readonly mostRounds?: number;
  /** `scale` multiplies numbers of jobs, rows and seconds. */
  cases(scale: number): readonly Case[];
  /** Measures one subject over a fresh database. Called in a process of its own. */
  measure(url: string, subject: string, options: Options): Promise<Figures>;
}

/** The part of `count` that the scale leaves, in whole steps. */
export function scaled(count: number, scale: number, step = 1): number {
  return Math.max(step, Math.round((count * scale) / step) * step);
}
