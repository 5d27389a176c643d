/**
 * The values that requests and answers are made of.
 * @module
 */
import * as v from "valibot";
import { isText } from "../../base/bounds.ts";
import type { JsonValue } from "../../base/json-value.ts";

/** The id of a job or a worker. */
export const uuid = v.pipe(v.string(), v.uuid());

/** A name, a queue or a key. */
export const text = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(255),
  v.check((value: string) => isText(value), "holds what Postgres does not store"),
);

/** A moment, in ISO 8601. */
export const time = v.pipe(v.string(), v.isoTimestamp());

/** A moment that a request names. */
export const givenTime = v.pipe(time, v.check(isDate, "is no day of the calendar, or before 1970"));

/** A length of time. */
export const duration = v.pipe(
  v.union([v.string(), v.pipe(v.number(), v.minValue(0))]),
  v.description('Milliseconds, or text such as "30s", "10m", "1h30m".'),
);

/** How many there are, or milliseconds. */
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const smallint = v.pipe(v.number(), v.integer(), v.minValue(-32_768), v.maxValue(32_767));

/** Whatever JSON holds: what was parsed or is to be written is nothing else. */
export const json = v.unknown() as unknown as v.GenericSchema<JsonValue>;

/** The same name for the same thing in `JobAttempt`. */
export const outcome = v.picklist(["successful", "errored", "cancelled", "lost", "deferred"]);

/** Postgres refuses what JavaScript's Date would carry over into the next month. */
function isDate(value: string): boolean {
  const day = value.slice(0, 10);
  const midnight = new Date(`${day}T00:00:00Z`);
  return midnight.getTime() >= 0 && midnight.toISOString().startsWith(day);
}
