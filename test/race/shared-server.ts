/**
 * One server of each version for all tests of a file.
 * @module
 */
import { after } from "node:test";
import { empty } from "../support/content.ts";
import { openDatabase, type TestDatabase, type TestServer, testServer } from "../support/database.ts";
import type { PostgresVersion } from "../support/postgres-binaries.ts";

const servers = new Map<PostgresVersion, Promise<TestServer>>();
const databases = new Map<PostgresVersion, Promise<TestDatabase>>();

after(async () => {
  for (const database of databases.values()) await (await database).close();
  for (const server of servers.values()) await (await server).stop();
});

/** Started at the first call, stopped once the file is done. */
export function sharedServer(version: PostgresVersion): Promise<TestServer> {
  const server = servers.get(version) ?? testServer(version);
  servers.set(version, server);
  return server;
}

/** One database for all tests, emptied, whose connections have their plans already: there are eighty, and each needs a while for them. */
export async function sharedDatabase(version: PostgresVersion): Promise<TestDatabase> {
  const database = databases.get(version) ?? open(version);
  databases.set(version, database);
  await empty(await database);
  return database;
}

async function open(version: PostgresVersion): Promise<TestDatabase> {
  const made = await (await sharedServer(version)).database();
  await made.close();
  return openDatabase(made.url, 80);
}
