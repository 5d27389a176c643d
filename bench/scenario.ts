/**
 * What every scenario has: things measured side by side, each in a process and a database of its own.
 * @module
 */

/** What one measurement found, by name and unit; the first one is what is compared. */
export type Figures = Readonly<Record<string, number>>;

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
  /** What the ratio says, for people. */
  readonly ratioOf: string;
  /** Most rounds worth while, for those that take minutes. */
  readonly mostRounds?: number;
  /** `scale` multiplies numbers of jobs, rows and seconds. */
  cases(scale: number): readonly Case[];
  /** Measures one subject over a fresh database. Called in a process of its own. */
  measure(url: string, subject: string, options: Options): Promise<Figures>;
  /** Within one round; undefined: this subject is only compared with. */
  ratio(round: Readonly<Record<string, Figures>>, subject: string): number | undefined;
}

/** The part of `count` that the scale leaves, in whole steps. */
export function scaled(count: number, scale: number, step = 1): number {
  return Math.max(step, Math.round((count * scale) / step) * step);
}

/** What `againstPeers` says. */
export const AGAINST_PEERS = "Mayfly by it; Mayfly's own: by the best";

/** Mayfly's rate by each of the others, and in its own row by that of the best of them. */
export function againstPeers(round: Readonly<Record<string, Figures>>, subject: string): number {
  const peers = subject === "mayfly" ? Object.keys(round).filter((other) => other !== "mayfly") : [subject];
  return firstFigure(round.mayfly) / Math.max(...peers.map((peer) => firstFigure(round[peer])));
}

/** The figure that is compared. */
export function firstFigure(figures: Figures | undefined): number {
  return Object.values(figures ?? {})[0] ?? Number.NaN;
}
