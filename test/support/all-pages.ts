/**
 * Reading a list to its end.
 * @module
 */
import type { Page } from "../../src/operate/listing.ts";

/** The ids of all pages, read to the end. */
export async function allPages<Query extends { cursor?: string }>(
  read: (query: Query) => Promise<Page<{ readonly id: string }>>,
  query: Query,
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 100; pages++) {
    const page = await read({ ...query, ...(cursor === undefined ? {} : { cursor }) });
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.cursor;
    if (cursor === undefined) return ids;
  }
  throw new Error("the pages have no end");
}
