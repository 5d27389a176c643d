/**
 * Cursors: the place in a list from which its next page goes on, as text that means nothing to others.
 * @module
 */
import { MayflyError } from "../../base/errors.ts";
import { isUuid } from "../../base/ids.ts";
import type { Param } from "../driver/driver.ts";

/** What a place is made of, in the order of the list's own order. */
export type PlaceShape = readonly ("uuid" | "time" | "number")[];

const FITS: Readonly<Record<PlaceShape[number], (value: unknown) => boolean>> = {
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

/** The cursor for a place of this list. */
export function encodePlace(list: string, place: readonly unknown[]): string {
  return btoa(JSON.stringify([list, ...place]))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

/**
 * A place as parameters; nulls, where there is no cursor.
 * @throws `invalid_options` for the cursor of another list, or none at all
 */
export function decodePlace(list: string, shape: PlaceShape, cursor: string | undefined): Param[] {
  if (cursor === undefined) return shape.map(() => null);
  const [of, ...place] = parse(cursor);
  if (of !== list || place.length !== shape.length || !shape.every((kind, index) => FITS[kind](place[index]))) {
    throw new MayflyError("invalid_options", "The cursor is not one of this list. Pass it back as the page before answered it.");
  }
  return place.map(String);
}

function parse(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(atob(cursor.replaceAll("-", "+").replaceAll("_", "/")));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
