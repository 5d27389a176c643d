/**
 * Several statements in one round trip, none of which may take longer than a limit.
 * @module
 */
import type { Ask } from "../ask.ts";
import type { Driver, Param, Row, Statement } from "../driver/driver.ts";
import * as statements from "../sql/statements.ts";

/** Counting all results of a month takes longer than a call normally may. */
const READ_MS = 60_000;

export type ReadAll = <const Parts extends readonly Statement[]>(
  parts: Parts,
  limitMs?: number,
) => Promise<{ [Part in keyof Parts]: Row[] }>;

export function readAllOf(driver: Driver, ask: Ask["ask"]): ReadAll {
  return async <const Parts extends readonly Statement[]>(parts: Parts, limitMs = READ_MS) => {
    const all = [statement(statements.readLimit, `${limitMs}ms`), ...parts];
    const [, ...found] = await ask(() => driver.transaction(all, { readOnly: true, timeoutMs: 2 * limitMs }));
    return found as { [Part in keyof Parts]: Row[] };
  };
}

export function statement(text: string, ...params: Param[]): Statement {
  return { text, params };
}
