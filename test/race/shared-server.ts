/**
 * One server of each version for all tests of a file: each has a database of its own on it.
 * @module
 */
import { after } from "node:test";
import { type TestServer, testServer } from "../support/database.ts";
import type { PostgresVersion } from "../support/postgres-binaries.ts";

const started = new Map<PostgresVersion, Promise<TestServer>>();

after(async () => {
  for (const server of started.values()) await (await server).stop();
});

/** Started at the first call, stopped once the file is done. */
export function sharedServer(version: PostgresVersion): Promise<TestServer> {
  const server = started.get(version) ?? testServer(version);
  started.set(version, server);
  return server;
}
