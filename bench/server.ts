/**
 * The one Postgres that everything is measured on.
 * @module
 */
import { startTestServer, type TestServer } from "../test/support/database.ts";

/** Durable as in production; memory for the whole working set, and no checkpoint in the middle of a measurement. */
const SETTINGS = {
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  shared_buffers: "1GB",
  max_wal_size: "8GB",
  checkpoint_timeout: "30min",
} satisfies Record<string, string>;

export interface BenchServer extends TestServer {
  /** What it was started with, besides defaults; and its version. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Starts it. `smoke`: nothing is measured, and the disk need not be waited for. */
export async function startBenchServer(smoke: boolean): Promise<BenchServer> {
  const settings = smoke ? { ...SETTINGS, fsync: "off" } : SETTINGS;
  const server = await startTestServer(18, settings);
  const { sql, close } = await server.database();
  const [shown] = await sql<{ server_version: string }>("show server_version");
  await close();
  return { ...server, settings: { server_version: shown?.server_version ?? "", ...settings } };
}
