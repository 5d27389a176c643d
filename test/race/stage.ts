/**
 * What all who take part in the race share.
 * @module
 */
import type { Store } from "../../src/store/store.ts";
import type { TestDatabase } from "../support/database.ts";
import type { Random } from "../support/random.ts";
import type { ChaosDriver } from "./chaos.ts";
import type { Ledger } from "./ledger.ts";

export interface Race {
  /** Over the bad network. */
  readonly store: Store;
  readonly driver: ChaosDriver;
  /** Over a good one. */
  readonly database: TestDatabase;
  /** Each actor has its own, so that a seed gives it the same choices again. */
  readonly random: Random;
  readonly ledger: Ledger;
  readonly newId: () => string;
  /** True: everything goes wrong. False: workers finish what is left, and nobody crashes. */
  readonly running: () => boolean;
}

export const QUEUES = ["a", "b", "c"] as const;
/** The queue that is paused and resumed. */
export const PAUSED_QUEUE = "b";
/** Every name but `unknown`, which no worker of the race can run. */
export const NAMES = ["plain", "keyed", "limited", "counted", "capped", "hooked", "ticked"] as const;
/** Live jobs of a name and key that may be there of `limited`. */
export const LIMIT = 3;
/** Jobs of a name and key that may run at a time, where there is a running limit. */
export const RUNNING_LIMIT = 2;
/** A hook is given up after so many tries. */
export const HOOK_TRIES = 3;
/** Attempts in a row that do not count. */
export const MAX_FREE_ATTEMPTS = 5;
export const STALE_MS = 1_000;
/** How long a copy of a call may come after its original. */
export const LATE_MS = 2_500;

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks until there is an answer: a client does not give up, also not where a stranger holds a lock for long. */
export async function insist<T>(race: Race, call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const held = error instanceof Error && "sqlState" in error && error.sqlState === "55P03";
      if (!held && !(error instanceof Error && "failure" in error && error.failure !== "definite")) throw error;
      race.ledger.count("asked again");
      await pause(race.random.below(10));
    }
  }
}

const DAY_MS = 86_400_000;

/** An id of another day: of the past weeks or the days to come, or one that tells no day. */
export function foreignId({ ledger, newId, random }: Race): string {
  const id = newId();
  const days = random.chance(0.85) ? -3 - random.below(43) : 2 + random.below(5);
  const time = (Date.now() + days * DAY_MS).toString(16).padStart(12, "0");
  const foreign = random.chance(0.2) ? `${id.slice(0, 14)}4${id.slice(15)}` : `${time.slice(0, 8)}-${time.slice(8)}${id.slice(13)}`;
  ledger.foreign.add(foreign);
  return foreign;
}
