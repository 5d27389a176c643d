/**
 * One server of each Postgres for all files of a run: `node --test --test-global-setup=test/support/run-servers.ts`.
 * @module
 */
import { portVariable, startSharedServer, type TestServer } from "./database.ts";

let servers: readonly TestServer[] = [];

export async function globalSetup(): Promise<void> {
  servers = await Promise.all(
    ([18, 15] as const).map(async (version) => {
      const started = await startSharedServer(version);
      process.env[portVariable(version)] = String(started.server.port);
      return started;
    }),
  );
}

export async function globalTeardown(): Promise<void> {
  for (const server of servers) await server.stop();
}
