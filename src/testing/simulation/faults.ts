/**
 * What goes wrong in a simulation, and how often.
 * @module
 */
import type { Random } from "./random.ts";

/** Each is a share, from 0 (never) to 1 (always). */
export interface Faults {
  /** Statements that never reach the database; the program is not told. */
  readonly requestLost: number;
  /** Statements that are done, and whose reply is lost. */
  readonly replyLost: number;
  /** Statements that arrive twice, the second time up to a minute later. */
  readonly doubled: number;
  /** Statements that arrive up to a minute late, when the program has long given up on them. */
  readonly late: number;
  /** Statements that the database refuses, since it has no room for another connection. */
  readonly refused: number;
  /** Invocations and producers that are killed at some moment of their life. */
  readonly killed: number;
  /** Programs whose clock is wrong, by up to two days. */
  readonly clockWrong: number;
  /** Handlers that throw before the code of yours is called. */
  readonly handlerThrows: number;
  /** Handlers that hang until after their time-out. */
  readonly handlerHangs: number;
  /** Messages to the wake ledger that are lost; and lanes that it has started and that never come. */
  readonly wakeLost: number;
  /** Messages to the wake ledger that arrive twice. */
  readonly wakeDoubled: number;
  /** Looks of the wake ledger: it answers that there is nothing, though there is, or has forgotten all. */
  readonly wakeLies: number;
}

export type FaultKind = keyof Faults;

/** How often each fault happened. */
export type FaultCounts = Record<FaultKind, number>;

const KINDS = [
  "requestLost",
  "replyLost",
  "doubled",
  "late",
  "refused",
  "killed",
  "clockWrong",
  "handlerThrows",
  "handlerHangs",
  "wakeLost",
  "wakeDoubled",
  "wakeLies",
] as const satisfies readonly FaultKind[];

/** Nothing goes wrong. */
export const NO_FAULTS: Faults = Object.freeze(Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Record<FaultKind, number>);

/** One seed in so many has no faults at all; and each other has about half of them. */
const CALM = 8;
/** A fault's share of the statements, or of whatever it befalls. */
const SHARE = { min: 0.02, max: 0.25 };

/** What a seed makes of them, where nothing else was asked for. */
function drawFaults(random: Random): Faults {
  if (random.below(CALM) === 0) return NO_FAULTS;
  const shares = KINDS.map((kind) => [kind, random.chance(0.5) ? SHARE.min + random.next() ** 2 * (SHARE.max - SHARE.min) : 0] as const);
  return Object.fromEntries(shares) as Record<FaultKind, number>;
}

/** The faults of one simulation, counted. */
export class Weather {
  readonly counts: FaultCounts = { ...NO_FAULTS };
  readonly random: Random;
  #faults: Faults;

  /** `asked` stands above what the seed draws. */
  constructor(random: Random, asked: Partial<Faults>) {
    this.random = random;
    this.#faults = { ...drawFaults(random), ...asked };
  }

  get faults(): Faults {
    return this.#faults;
  }

  /** From here on nothing goes wrong. */
  clear(): void {
    this.#faults = NO_FAULTS;
  }

  /** Whether this fault happens now. */
  strikes(kind: FaultKind): boolean {
    if (this.#faults[kind] === 0 || !this.random.chance(this.#faults[kind])) return false;
    this.counts[kind]++;
    return true;
  }

  /** Mostly a few milliseconds, now and then a second, so that every order of two messages happens. */
  latencyMs(): number {
    return this.random.chance(0.1) ? this.random.below(1_000) : 1 + this.random.below(20);
  }
}
