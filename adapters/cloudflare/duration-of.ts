/**
 * Durations among an adapter's options.
 * @module
 */
import { type Duration, parseDuration } from "../../src/base/durations.ts";
import { MayflyError } from "../../src/base/errors.ts";

/**
 * Its milliseconds.
 * @throws `invalid_config`
 */
export function durationOf(option: string, value: Duration): number {
  const ms = parseDuration(value);
  if (ms === undefined)
    throw new MayflyError("invalid_config", `${option} is ${JSON.stringify(value)}, which is not a duration such as "50s".`);
  return ms;
}
