/**
 * A driver that counts its round trips.
 * @module
 */
import type { Driver } from "../postgres/driver/driver.ts";

export interface CountingDriver extends Driver {
  /** Calls sent since the start, or the last reset. */
  readonly roundTrips: number;
  /** The text of each, transactions as their first statement's. */
  readonly texts: readonly string[];
  reset(): void;
}

/** Passes every call on and counts it. */
export function countRoundTrips(driver: Driver): CountingDriver {
  let texts: string[] = [];
  return {
    get roundTrips() {
      return texts.length;
    },
    get texts() {
      return texts;
    },
    reset() {
      texts = [];
    },
    query(statement, options) {
      texts.push(statement.text);
      return driver.query(statement, options);
    },
    transaction(statements, options) {
      texts.push(statements[0]?.text ?? "");
      return driver.transaction(statements, options);
    },
  };
}
