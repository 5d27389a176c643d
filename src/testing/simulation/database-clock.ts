/**
 * The same SQL on another clock: `now()` and `clock_timestamp()` become functions of a schema that whoever installs it makes. SQL of Mayfly reads time in no
 * other way.
 * @module
 */
import type { Driver, Statement } from "../../postgres/driver/driver.ts";

/** The SQL, which reads the clock of this schema. */
export function onClockOf(schema: string, sql: string): string {
  return sql.replace(/(?<![\w.])(now|clock_timestamp)\(\)/g, `${schema}.$1()`);
}

/** A driver whose statements read the clock of this schema. */
export function driverOnClockOf(schema: string, driver: Driver): Driver {
  const moved = ({ text, params }: Statement): Statement => ({ text: onClockOf(schema, text), params });
  return {
    query: (statement, options) => driver.query(moved(statement), options),
    transaction: (statements, options) => driver.transaction(statements.map(moved), options),
  };
}
