/**
 * The folder that `mayfly dev` keeps its data in, held by one process at a time: PGlite itself would let two open it.
 * @module
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MayflyError } from "../base/errors.ts";

export interface DataFolder {
  readonly path: string;
  /** Where the holder serves, to tell whoever comes second. */
  tell(url: string): void;
  /** Lets the next one in. */
  release(): void;
}

/**
 * Takes the folder.
 * @throws `data_folder_locked` while another process holds it
 */
export function holdDataFolder(path: string): DataFolder {
  mkdirSync(path, { recursive: true });
  // It holds a database and secrets, which nobody means to commit.
  writeFileSync(join(path, ".gitignore"), "*\n");
  const lock = join(path, "lock");
  const own = (url?: string) => JSON.stringify({ pid: process.pid, url });
  for (;;) {
    try {
      writeFileSync(lock, own(), { flag: "wx" });
      return { path, tell: (url) => writeFileSync(lock, own(url)), release: () => rmSync(lock, { force: true }) };
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    const holder = readHolder(lock);
    if (holder && isAlive(holder.pid)) {
      throw new MayflyError(
        "data_folder_locked",
        `Mayfly is running here already: process ${holder.pid}${holder.url === undefined ? "" : `, ${holder.url}`}. Stop it, or give this one its own MAYFLY_DATA_DIR and PORT.`,
      );
    }
    // Left by a process that was killed.
    rmSync(lock, { force: true });
  }
}

function readHolder(lock: string): { pid: number; url: string | undefined } | undefined {
  try {
    const { pid, url } = JSON.parse(readFileSync(lock, "utf8")) as { pid: unknown; url: unknown };
    return typeof pid === "number" ? { pid, url: typeof url === "string" ? url : undefined } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
