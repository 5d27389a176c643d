/**
 * Random numbers that can be had again from a seed.
 * @module
 */

/** A source of random numbers. */
export interface Random {
  /** From 0 to 1. */
  next(): number;
  /** A whole number below `n`. */
  below(n: number): number;
  /** True in this share of the calls. */
  chance(share: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
}

/** A generator of the mulberry32 kind: the same seed gives the same numbers. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number) => Math.floor(next() * n);
  return { next, below, chance: (share) => next() < share, pick: (list) => list[below(list.length)] as (typeof list)[number] };
}

/** Fills an array: for `createIdSource`. */
export function randomBytes({ below }: Random): (bytes: Uint8Array<ArrayBuffer>) => Uint8Array {
  return (bytes) => {
    for (let at = 0; at < bytes.length; at++) bytes[at] = below(256);
    return bytes;
  };
}
