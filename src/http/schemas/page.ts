/**
 * Pages of a list.
 * @module
 */
import * as v from "valibot";
import { time } from "./fields.ts";

/** What every list takes. */
export const pageQuery = {
  limit: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200), v.description("Items of a page. Default 50."))),
  cursor: v.exactOptional(v.pipe(v.string(), v.minLength(1), v.maxLength(1_000), v.description("As the page before answered it."))),
};

/** A page of these. Without a cursor it is the last one. */
export function pageOf<const Item extends v.GenericSchema>(item: Item) {
  return v.object({ items: v.array(item), cursor: v.exactOptional(v.string()), scannedTo: v.exactOptional(time) });
}

/** All of these at once. */
export function listOf<const Item extends v.GenericSchema>(item: Item) {
  return v.object({ items: v.array(item) });
}
