/**
 * The one Postgres that everything is measured on.
 * @module
 */
import { startTestServer, type TestServer } from "../test/support/database.ts";

/** Durable as in production; memory for the whole working set, and no checkpoint in the middle of a measurement. */
export const SETTINGS = {
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  shared_buffers: "1GB",
  max_wal_size: "8GB",
  checkpoint_timeout: "30min",
  autovacuum: "on",
} satisfies Record<string, string>;

/** Starts it. */
export function startBenchServer(): Promise<TestServer> {
  return startTestServer(18, SETTINGS);
}
