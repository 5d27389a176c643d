/**
 * Counts what the calls of a store cost.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { Usage } from "../operate/usage.ts";
import type { Driver, Row, Statement } from "./driver/driver.ts";

export interface Meter {
  /** Passes every call on. */
  readonly driver: Driver;
  /** Since the start. */
  readonly total: Usage;
  /** Jobs that a call has claimed. */
  claimed(jobs: number): void;
  /** The usage since the last `tell`, with the call that is about to carry it. */
  tell(): Usage;
}

/** A meter over a driver. */
export function meterOf(driver: Driver, clock: Pick<Clock, "now">): Meter {
  const total = { roundTrips: 0, jobs: 0, bytes: 0, ms: 0 };
  let told: Usage = { ...total };

  async function measured<T>(
    statements: readonly Statement[],
    call: () => Promise<T>,
    rowsOf: (answer: T) => readonly Row[][],
  ): Promise<T> {
    const askedAt = clock.now();
    total.roundTrips++;
    for (const { params } of statements) for (const param of params) total.bytes += sizeOf(param);
    try {
      const answer = await call();
      for (const rows of rowsOf(answer)) for (const row of rows) for (const value of Object.values(row)) total.bytes += sizeOf(value);
      return answer;
    } finally {
      total.ms += clock.now() - askedAt;
    }
  }

  return {
    driver: {
      query: (statement, options) =>
        measured(
          [statement],
          () => driver.query(statement, options),
          (rows) => [rows],
        ),
      transaction: (statements, options) =>
        measured(
          statements,
          () => driver.transaction(statements, options),
          (rows) => rows,
        ),
    },
    total,
    claimed: (jobs) => {
      total.jobs += jobs;
    },
    tell() {
      const untold = {
        roundTrips: total.roundTrips + 1 - told.roundTrips,
        jobs: total.jobs - told.jobs,
        bytes: total.bytes - told.bytes,
        ms: Math.round(total.ms - told.ms),
      };
      told = { ...total, roundTrips: total.roundTrips + 1 };
      return untold;
    },
  };
}

/** In characters, which is nearly always in bytes. */
function sizeOf(value: string | null): number {
  return value?.length ?? 0;
}
