/**
 * Asking a driver: again when a reply is lost, and with errors that a user can act on.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { CallOptions } from "../store/store.ts";
import type { Driver, Param, Row, Statement } from "./driver/driver.ts";
import { DriverError } from "./driver/errors.ts";
import { repeat } from "./repeat.ts";
import { explainDriverError } from "./schema-error.ts";

export interface AskOptions {
  readonly driver: Driver;
  readonly clock: Pick<Clock, "now" | "sleep">;
  /** From 0 to 1. Default: `Math.random`. */
  readonly random?: () => number;
  /** Gives every call up when it aborts: the end of an invocation. */
  readonly signal?: AbortSignal | undefined;
}

/** The ways to ask one driver. */
export interface Ask {
  /** Makes the call, and repeats it after failures. The call is given the failures before it. */
  ask<T>(call: (failures: readonly DriverError[]) => Promise<T>, callOptions?: CallOptions): Promise<T>;
  rows(text: string, params: readonly Param[], callOptions?: CallOptions): Promise<Row[]>;
  /** The one row of a statement that always answers one. */
  row(text: string, params: readonly Param[], callOptions?: CallOptions): Promise<Row>;
}

/** What a function of the schema raises in a transaction of another isolation. */
const NEEDS_READ_COMMITTED = "MF006";
/** Drivers whose database has another default than read committed: each call says what it needs, at the price of a transaction of its own. */
const strict = new WeakSet<Driver>();

export function askOf({ driver, clock, random = Math.random, signal: end }: AskOptions): Ask {
  const ask: Ask["ask"] = async (call, { signal = end } = {}) => {
    try {
      return await repeat(call, { clock, random, signal });
    } catch (error) {
      throw explainDriverError(error);
    }
  };
  const send = async (statement: Statement, callOptions?: CallOptions): Promise<Row[]> => {
    if (!strict.has(driver)) {
      try {
        return await driver.query(statement, callOptions);
      } catch (error) {
        if (!(error instanceof DriverError && error.sqlState === NEEDS_READ_COMMITTED)) throw error;
        strict.add(driver);
      }
    }
    return (await driver.transaction([statement], { ...callOptions, isolation: "read committed" }))[0] ?? [];
  };
  const rows: Ask["rows"] = (text, params, given) => {
    const callOptions = end && !given?.signal ? { ...given, signal: end } : given;
    return ask(() => send({ text, params }, callOptions), callOptions);
  };
  return { ask, rows, row: async (text, params, callOptions) => onlyRow(await rows(text, params, callOptions)) };
}

/** The row of a statement that always answers one. */
export function onlyRow([first]: readonly Row[]): Row {
  if (!first) throw new TypeError("a statement that always answers one row answered none");
  return first;
}
