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
  readonly random: Random;
  readonly ledger: Ledger;
  readonly newId: () => string;
  /** `running`: everything goes wrong; `draining`: workers finish what is left, and nobody crashes. */
  phase: "running" | "draining";
}

export const QUEUES = ["a", "b", "c"] as const;
/** Every name but `unknown`, which no worker of the race can run. */
export const NAMES = ["plain", "keyed", "limited", "counted", "capped", "hook_done", "ticked"] as const;
/** Live jobs of a name and key that may be there of `limited`. */
export const LIMIT = 3;
/** Jobs of a name and key that may run at a time, where there is a running limit. */
export const RUNNING_LIMIT = 2;
/** A hook is given up after so many tries. */
export const HOOK_TRIES = 3;
/** Attempts in a row that do not count. */
export const MAX_FREE_ATTEMPTS = 5;
export const STALE_MS = 1_000;

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks until there is an answer: a client does not give up. */
export async function insist<T>(race: Race, call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Error && "failure" in error && error.failure !== "definite")) throw error;
      race.ledger.count("asked again");
      await pause(race.random.below(10));
    }
  }
}
