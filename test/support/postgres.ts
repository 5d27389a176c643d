/**
 * Real Postgres servers from npm packages. Nothing of a server is left once the process that started it has ended, however that ends.
 * @module
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chownSync, mkdtempSync, renameSync, rmSync, statfsSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pgClient from "pg";
import { freePort } from "./free-port.ts";
import { findBinaries, type PostgresVersion, unprivileged } from "./postgres-binaries.ts";

/** A server that others may use, too. */
export interface SharedPostgres {
  readonly port: number;
  /** Connection string of a database, by default the one made at the start. */
  url(database?: string): string;
  /** Makes a fresh database, from a template if one is given, and answers its connection string. */
  createDatabase(template?: string): Promise<string>;
  /** Throws away the databases that were made here; one's own server as a whole. */
  stop(): Promise<void>;
}

/** A server of one's own. */
export interface PostgresServer extends SharedPostgres {
  /** Ends it as a crash would: at once, every connection cut. With SIGINT in good order, though nobody is waited for: a fast shutdown. */
  kill(signal?: "SIGQUIT" | "SIGINT"): Promise<void>;
  /** Starts it again on the same port after a `kill`. */
  restart(): Promise<void>;
  /** Ends it in good order, and keeps its data folder there, unless there is one already. */
  keep(path: string): Promise<void>;
}

const USER = "postgres";
const PASSWORD = "not-a-secret-but-must-not-be-told";

export interface PostgresOptions {
  readonly version: PostgresVersion;
  readonly settings?: Record<string, string>;
  /** A data folder that `keep` has made, to start from a copy of. Default: an empty cluster. */
  readonly from?: string;
}

/** A server that runs already. */
export function sharedPostgres(port: number): SharedPostgres {
  const url = (database = USER) => `postgresql://${USER}:${PASSWORD}@127.0.0.1:${port}/${database}`;
  const made: string[] = [];
  async function admin(...statements: string[]): Promise<void> {
    const client = new pgClient.Client(url());
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  }
  return {
    port,
    url,
    async createDatabase(template = "template1") {
      const name = `test_${randomUUID().replaceAll("-", "")}`;
      await admin(`create database ${name} template ${template}`);
      made.push(name);
      return url(name);
    },
    stop: () => admin(...made.splice(0).map((name) => `drop database ${name} with (force)`)),
  };
}

/** Starts a server of its own on a free port of the loopback interface. */
export async function startPostgres({ version, settings = {}, from }: PostgresOptions): Promise<PostgresServer> {
  const owner = unprivileged();
  const binaries = findBinaries(version, owner);
  const options = { fsync: "off", max_connections: "200", listen_addresses: "127.0.0.1", ...settings };
  const home = mkdtempSync(join(options.fsync === "off" ? quickFolder() : tmpdir(), `mayfly-pg${version}-`));
  if (owner) chownSync(home, owner.uid, owner.gid);
  const data = join(home, "data");
  const undertaker = bury(home, data);
  const [command, ...its] = from
    ? ["cp", "-a", from, data]
    : [join(binaries, "bin/initdb"), "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"];
  const made = spawnSync(command as string, its, { ...owner, encoding: "utf8", env: { PATH: process.env.PATH, TZ: "UTC" } });
  if (made.status !== 0) throw new Error(`Postgres ${version} got no data folder: ${made.error?.message ?? ""}${made.stderr}`);

  const port = await freePort();
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
  return {
    ...sharedPostgres(port),
    kill: (signal = "SIGQUIT") => exited(server, signal),
    async restart() {
      server = await start();
    },
    async keep(path) {
      await exited(server, "SIGINT");
      const half = `${path}.${process.pid}`;
      spawnSync("cp", ["-a", data, half]);
      try {
        renameSync(half, path);
      } catch {
        // Another process was faster.
        rmSync(half, { recursive: true });
      }
      await buried(undertaker);
    },
    async stop() {
      // Nothing of it is kept: it need not write what it has in memory.
      await exited(server, "SIGQUIT");
      await buried(undertaker);
    },
  };
}

/** The memory of this machine, where it has room for the servers of a whole run: files cost a fraction there. */
function quickFolder(): string {
  const memory = "/dev/shm";
  try {
    const { bavail, bsize } = statfsSync(memory);
    if (bavail * bsize > 3 * 2 ** 30) return memory;
  } catch {
    // There is none on this platform.
  }
  return tmpdir();
}

const UNDERTAKER = `
  read -r _
  pid=$(head -n 1 "$2/postmaster.pid") && kill -QUIT "$pid"
  tries=50
  while [ "$tries" -gt 0 ] && kill -0 "$pid"; do tries=$((tries - 1)); sleep 0.1; done
  rm -rf "$1"`;

/** Waits for the end of this process, or for its word, and then ends the server of that folder and removes it. */
function bury(home: string, data: string): ChildProcess {
  // In a group of its own, where Ctrl-C does not reach it.
  const undertaker = spawn("sh", ["-c", UNDERTAKER, "sh", home, data], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  undertaker.unref();
  (undertaker.stdin as Socket).unref();
  return undertaker;
}

function buried(undertaker: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    undertaker.ref();
    undertaker.once("exit", () => resolve());
    undertaker.stdin?.end();
  });
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
