/**
 * The figures that every contender has, and how they are compared.
 * @module
 */

/** What one measurement found, by name and unit; the first one is shown for each round. */
export type Figures = Readonly<Record<string, number>>;

/** What the subjects of a case found in one round. */
export type Round = Readonly<Record<string, Figures>>;

/** A comparison within one round; undefined: this subject is only compared with. */
export type Ratio = (round: Round, subject: string) => number | undefined;

/** Names of the figures of `Meter.measure`. */
export const figureNames = {
  rate: "jobs/s",
  database: "database µs/job",
  client: "client µs/job",
  wal: "WAL B/job",
} as const;

/** Mayfly's figure by each peer's, and in Mayfly's own row by that of the best peer, for every figure of `Meter.measure`. */
export const peerRatios: Readonly<Record<string, Ratio>> = {
  "jobs/s by peer": byPeer(figureNames.rate, Math.max),
  "database by peer": byPeer(figureNames.database, Math.min),
  "client by peer": byPeer(figureNames.client, Math.min),
  "WAL by peer": byPeer(figureNames.wal, Math.min),
};

function byPeer(figure: string, best: (...values: number[]) => number): Ratio {
  return (round, subject) => {
    const peers = subject === "mayfly" ? Object.keys(round).filter((other) => other !== "mayfly") : [subject];
    return figureOf(round.mayfly, figure) / best(...peers.map((peer) => figureOf(round[peer], figure)));
  };
}

/** Each subject's figure by that of the first subject. */
export function byFirst(figure: string): Ratio {
  return (round, subject) => figureOf(round[subject], figure) / figureOf(Object.values(round)[0], figure);
}

/** A subject's figure by another of its own. */
export function byOwn(figure: string, other: string): Ratio {
  return (round, subject) => figureOf(round[subject], figure) / figureOf(round[subject], other);
}

/** The first figure of a measurement. */
export function firstFigure(figures: Figures | undefined): number {
  return Object.values(figures ?? {})[0] ?? Number.NaN;
}

function figureOf(figures: Figures | undefined, name: string): number {
  return figures?.[name] ?? Number.NaN;
}
