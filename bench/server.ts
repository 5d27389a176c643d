/**
 * The one Postgres that everything is measured on.
 * @module
 */
import { startTestServer, type TestServer } from "../test/support/database.ts";
import type { PostgresVersion } from "../test/support/postgres-binaries.ts";
import type { ServerKind } from "./results.ts";

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

const VERSIONS = { embedded: 18, debian: "debian-15" } satisfies Record<ServerKind, PostgresVersion>;

/** Starts it. `smoke`: nothing is measured, and a small one does, which does not wait for a disk. */
export async function startBenchServer(kind: ServerKind, smoke: boolean): Promise<BenchServer> {
  const settings = smoke ? {} : SETTINGS;
  const server = await startTestServer(VERSIONS[kind], settings);
  const { sql, close } = await server.database();
  const [shown] = await sql<{ server_version: string; lz4: boolean; checksums: string }>(
    `select current_setting('server_version') as server_version, current_setting('data_checksums') as checksums,
      (select 'lz4' = any (s.enumvals) from pg_settings s where s.name = 'default_toast_compression') as lz4`,
  );
  await close();
  const { server_version = "", checksums = "", lz4 = false } = shown ?? {};
  return { ...server, settings: { server_version, lz4: lz4 ? "on" : "off", data_checksums: checksums, ...settings } };
}
