/**
 * The way to older items, and how far a list has looked.
 * @module
 */
import type { Page } from "../../operate/listing.ts";
import type { Query, Site } from "../site.ts";
import { Time } from "./time.tsx";

export interface PagerProps {
  readonly site: Site;
  readonly path: string;
  readonly query: Query;
  readonly page: Page<unknown>;
}

export function Pager({ site, path, query, page: { cursor, lookedTo } }: PagerProps) {
  const first = query.cursor !== undefined && query.cursor !== "";
  if (!cursor && !first && !lookedTo) return null;
  return (
    <nav class="pager" aria-label="Pages">
      {lookedTo && (
        <span class="muted">
          Looked back to <Time at={lookedTo} now={site.now} />.
        </span>
      )}
      {first && <a href={site.link(path, { ...query, cursor: undefined })}>Back to the first</a>}
      {cursor && (
        <a class="button" href={site.link(path, { ...query, cursor })}>
          {lookedTo ? "Look further" : "Older"}
        </a>
      )}
    </nav>
  );
}
