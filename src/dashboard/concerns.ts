/**
 * What is wrong, in one line.
 * @module
 */
import type { Overview } from "../operate/listing.ts";
import { isSilent } from "../operate/silence.ts";
import { duration, many } from "./format.ts";

export interface Concern {
  readonly text: string;
  /** The page that has more of it. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** What an operator should look at, the worst first. */
export function concerns(overview: Pick<Overview, "lastSeenMs" | "overdueMs" | "queues" | "workers" | "unknownNames">): Concern[] {
  const { lastSeenMs, overdueMs = 0, queues, workers, unknownNames } = overview;
  const waits = queues.filter(({ pausedAt }) => pausedAt === undefined).map(({ oldestMs = 0 }) => oldestMs);
  const found: Concern[] = [];
  if (lastSeenMs === undefined) found.push({ text: "No tick and no worker has ever been seen", path: "/workers" });
  else if (isSilent({ lastSeenMs, waitingMs: Math.max(overdueMs, ...waits) }))
    found.push({ text: `No tick for ${duration(lastSeenMs)}`, path: "/workers" });
  if (workers.stale > 0) found.push({ text: `${many(workers.stale, "stale worker")}`, path: "/workers", query: { state: "stale" } });
  if (unknownNames.length > 0)
    found.push({ text: `No handler for ${unknownNames.join(", ")}`, path: "/waiting", query: { state: "parked" } });
  return found;
}
