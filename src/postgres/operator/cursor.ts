/**
 * Cursors: where in a list its next page begins, as text that means nothing to others.
 * @module
 */
import { MayflyError } from "../../base/errors.ts";
import { isUuid } from "../../base/ids.ts";
import type { Param } from "../driver/driver.ts";

/** The kinds of a cursor's values, which are those of the last row in the list's order. */
export type CursorShape = readonly ("uuid" | "time" | "number")[];

const FITS: Readonly<Record<CursorShape[number], (value: unknown) => boolean>> = {
  uuid: (value) => typeof value === "string" && isUuid(value),
  time: (value) => typeof value === "string" && isMoment(value),
  number: (value) => Number.isInteger(value) && Math.abs(value as number) <= 32_768,
};

/** Whether it is ISO 8601 with a zone that Postgres reads too: it knows no February 31st, no year 0, and no zone beyond 16 hours. */
export function isMoment(text: string): boolean {
  const [, day] = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-](?:0\d|1[0-5]):[0-5]\d)$/.exec(text) ?? [];
  if (day === undefined || day < "0001" || Number.isNaN(Date.parse(text))) return false;
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

/** The cursor after the row with these values. */
export function encodeCursor(list: string, values: readonly unknown[]): string {
  return btoa(JSON.stringify([list, ...values]))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

/**
 * The values as parameters; nulls, where there is no cursor.
 * @throws `invalid_options` for the cursor of another list, or none at all
 */
export function decodeCursor(list: string, shape: CursorShape, cursor: string | undefined): Param[] {
  if (cursor === undefined) return shape.map(() => null);
  const [of, ...values] = parse(cursor);
  if (of !== list || values.length !== shape.length || !shape.every((kind, index) => FITS[kind](values[index]))) {
    throw new MayflyError("invalid_options", "The cursor is not one of this list. Pass it back as the page before answered it.");
  }
  return values.map(String);
}

function parse(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(atob(cursor.replaceAll("-", "+").replaceAll("_", "/")));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
