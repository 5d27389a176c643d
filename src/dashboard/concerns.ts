/**
 * What is wrong, in one line.
 * @module
 */
import type { Overview } from "../operate/listing.ts";
import { duration, many } from "./format.ts";

export interface Concern {
  readonly text: string;
  /** The page that has more of it. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** A cron trigger of a minute has missed two ticks for certain. */
const SILENT_MS = 3 * 60_000;

/** What an operator should look at, the worst first. */
export function concerns({ lastSeenMs, workers, unknownNames }: Pick<Overview, "lastSeenMs" | "workers" | "unknownNames">): Concern[] {
  const found: Concern[] = [];
  if (lastSeenMs === undefined) found.push({ text: "No tick and no worker has ever been seen", path: "/workers" });
  else if (lastSeenMs > SILENT_MS) found.push({ text: `No tick for ${duration(lastSeenMs)}`, path: "/workers" });
  if (workers.stale > 0) found.push({ text: `${many(workers.stale, "stale worker")}`, path: "/workers", query: { state: "stale" } });
  if (unknownNames.length > 0)
    found.push({ text: `No handler for ${unknownNames.join(", ")}`, path: "/waiting", query: { state: "parked" } });
  return found;
}
