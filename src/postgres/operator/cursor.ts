/**
 * Cursors: where in a list its next page begins, as text that means nothing to others.
 * @module
 */
import { isText, SMALLINT } from "../../base/bounds.ts";
import { MayflyError } from "../../base/errors.ts";
import { isUuid } from "../../base/ids.ts";
import { isMoment } from "../../base/moments.ts";
import type { Param } from "../driver/driver.ts";

/** The kinds of a cursor's values, which are those of the last row in the list's order. */
export type CursorShape = readonly ("uuid" | "time" | "number" | "text")[];

const FITS: Readonly<Record<CursorShape[number], (value: unknown) => boolean>> = {
  uuid: (value) => typeof value === "string" && isUuid(value),
  time: (value) => typeof value === "string" && isMoment(value),
  text: (value) => isText(value),
  number: (value) => Number.isInteger(value) && (value as number) >= SMALLINT.least && (value as number) <= SMALLINT.most,
};

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
