/**
 * The way to older items, and how far a list has read.
 * @module
 */
import type { Page } from "../../operate/listing.ts";
import type { PageContext, Query } from "../page-context.ts";
import { Time } from "./time.tsx";

export interface PagerProps {
  readonly context: PageContext;
  readonly path: string;
  readonly query: Query;
  readonly page: Page<unknown>;
  /** What the next page is, in the list's order. Default "Older". */
  readonly older?: string;
}

export function Pager({ context, path, query, page: { cursor, scannedTo }, older = "Older" }: PagerProps) {
  const first = query.cursor !== undefined && query.cursor !== "";
  if (!cursor && !first && !scannedTo) return null;
  return (
    <nav class="pager" aria-label="Pages">
      {scannedTo && (
        <span class="muted">
          Read back to <Time at={scannedTo} now={context.now} />.
        </span>
      )}
      {first && <a href={context.link(path, { ...query, cursor: undefined })}>Back to the first</a>}
      {cursor && (
        <a class="button" href={context.link(path, { ...query, cursor })}>
          {scannedTo ? "Read on" : older}
        </a>
      )}
    </nav>
  );
}
