/**
 * Lanes that know from their names alone how many there are, for ledgers that remember nothing: each that stops with work left starts its share of the next.
 * @module
 */
export interface NamedLane {
  /** From 0. */
  readonly number: number;
  /** Lanes that were started together with it, itself included. */
  readonly of: number;
  /** How many lanes have led to it, one by the other. */
  readonly hop: number;
}

/** The name, such as "lane-1/4/2". */
export function laneName({ number, of, hop }: NamedLane): string {
  return `lane-${number}/${of}/${hop}`;
}

/** The lane of this name. Any other consumer is alone, and nothing has led to it. */
export function laneOf(consumer: string): NamedLane {
  const [, number, of, hop] = /^lane-(\d{1,3})\/(\d{1,3})\/(\d{1,3})$/.exec(consumer) ?? [];
  return { number: Number(number ?? 0), of: Number(of ?? 1), hop: Number(hop ?? 0) };
}

/** So many lanes at once. */
export function lanesTogether(of: number, hop: number): NamedLane[] {
  return Array.from({ length: of }, (_, number) => ({ number, of, hop }));
}

/** Those that this one starts where all of its kind start twice as many together, up to `most`. */
export function lanesAfter({ number, of, hop }: NamedLane, most: number): NamedLane[] {
  return lanesTogether(Math.min(2 * of, most), hop + 1).filter((next) => next.number % of === number);
}
