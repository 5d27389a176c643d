/**
 * The folder that `mayfly dev` keeps its data in, held by one process at a time: PGlite itself would let two open it.
 * @module
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MayflyError } from "../base/errors.ts";

export interface DataFolder {
  readonly path: string;
  /** Lets the next one in. */
  release(): void;
}

/**
 * Takes the folder.
 * @param url where the holder serves, to tell whoever comes second
 * @throws `data_folder_locked` while another process holds it
 */
export function holdDataFolder(path: string, url: string): DataFolder {
  mkdirSync(path, { recursive: true });
  const lock = join(path, "lock");
  const own = JSON.stringify({ pid: process.pid, url });
  for (;;) {
    try {
      writeFileSync(lock, own, { flag: "wx" });
      return { path, release: () => rmSync(lock, { force: true }) };
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    const holder = readHolder(lock);
    if (holder && isAlive(holder.pid)) {
      throw new MayflyError(
        "data_folder_locked",
        `Mayfly is running here already: process ${holder.pid}, ${holder.url}. Stop it, or give this one its own MAYFLY_DATA_DIR and PORT.`,
      );
    }
    // Left by a process that was killed.
    rmSync(lock, { force: true });
  }
}

/** Whether a process serves from this folder. */
export function isHeld(path: string): boolean {
  const holder = readHolder(join(path, "lock"));
  return holder !== undefined && isAlive(holder.pid);
}

function readHolder(lock: string): { pid: number; url: string } | undefined {
  try {
    const { pid, url } = JSON.parse(readFileSync(lock, "utf8")) as { pid: unknown; url: unknown };
    return typeof pid === "number" && typeof url === "string" ? { pid, url } : undefined;
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
