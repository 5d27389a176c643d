/**
 * The database of the local stack with all that speaks to it: Neon's HTTP protocol, and TCP.
 * @module
 */
import { resolve } from "node:path";
import { systemClock } from "../app/system-clock.ts";
import { migrate } from "../postgres/migrate.ts";
import { type DataFolder, holdDataFolder } from "./data-folder.ts";
import { type KeptPorts, keptPorts } from "./kept-ports.ts";
import { openLocalDatabase } from "./local-database.ts";
import { startNeonEndpoint } from "./neon-endpoint/server.ts";

export interface DatabaseOptions {
  readonly dataDir: string;
  /** Any Postgres; undefined: an embedded one. */
  readonly databaseUrl: string | undefined;
  /** A file of SQL to run once the database is up; it may be run at every start. */
  readonly sqlFile: string | undefined;
}

export interface RunningDatabase {
  readonly dataDir: string;
  /** What it is, for people. */
  readonly description: string;
  /** What a program needs in its environment to reach it over Neon's HTTP protocol. */
  readonly access: { readonly DATABASE_URL: string; readonly MAYFLY_NEON_ENDPOINT: string };
  /** The connection string for programs that speak TCP. Undefined for a Postgres of the user's, who has it. */
  readonly tcpUrl: string | undefined;
  readonly folder: DataFolder;
  readonly ports: KeptPorts;
  stop(): Promise<void>;
}

const USUAL_TCP_PORT = 25_432;
const USUAL_NEON_PORT = 25_433;

/**
 * Starts it, with Mayfly's schema, and takes it down again if something fails.
 * @throws `data_folder_locked`, `database_unreachable`
 */
export async function startDatabase({ databaseUrl, sqlFile, ...options }: DatabaseOptions): Promise<RunningDatabase> {
  const dataDir = resolve(options.dataDir);
  const undo: (() => unknown)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const folder = holdDataFolder(dataDir);
    undo.push(folder.release);
    const ports = keptPorts(dataDir);
    const database = await openLocalDatabase(dataDir, databaseUrl);
    undo.push(database.close);
    await migrate(database.driver, { clock: systemClock });
    if (sqlFile !== undefined) await database.runFile(sqlFile);
    const endpoint = await startNeonEndpoint({ database: database.endpoint, port: await ports.take("neon", USUAL_NEON_PORT) });
    undo.push(endpoint.close);
    let tcpPort: number | undefined;
    if (database.listen) {
      tcpPort = await ports.take("tcp", USUAL_TCP_PORT);
      undo.push((await database.listen(tcpPort)).close);
    }
    return {
      dataDir,
      description: database.description,
      access: accessTo(endpoint.url),
      tcpUrl: tcpPort === undefined ? undefined : `postgresql://postgres:postgres@127.0.0.1:${tcpPort}/postgres`,
      folder,
      ports,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The real connection string stays on this side of the endpoint; whoever asks gets one that leads there. */
function accessTo(endpoint: string): RunningDatabase["access"] {
  return { DATABASE_URL: `postgresql://mayfly:local@${new URL(endpoint).host}/mayfly`, MAYFLY_NEON_ENDPOINT: endpoint };
}
