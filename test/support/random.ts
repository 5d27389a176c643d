/**
 * Random numbers that can be had again from a seed.
 * @module
 */

export interface Random {
  /** From 0 to 1. */
  next(): number;
  /** A whole number below `n`. */
  below(n: number): number;
  chance(p: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
}

/** A generator of the mulberry32 kind. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number) => Math.floor(next() * n);
  return { next, below, chance: (p) => next() < p, pick: (list) => list[below(list.length)] as (typeof list)[number] };
}
