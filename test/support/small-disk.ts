/**
 * A disk that can be filled: a file system in memory, where this process may mount one. It is gone once the process has ended, however that ends.
 * @module
 */
import { spawn, spawnSync } from "node:child_process";
import { chownSync, closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unprivileged } from "./postgres-binaries.ts";

export interface SmallDisk {
  /** A folder of whoever runs Postgres. */
  readonly path: string;
  /** Takes all that is free. */
  fill(): void;
  /** Gives it back. */
  clear(): void;
  remove(): Promise<void>;
}

const CHUNK = Buffer.alloc(64 * 1_024);

/** Mounts it. Undefined where this process may not. */
export function mountSmallDisk(megabytes: number): SmallDisk | undefined {
  const path = mkdtempSync(join(tmpdir(), "mayfly-disk-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", path], { stdio: "ignore" });
  if (mounted.status !== 0) {
    rmSync(path, { recursive: true });
    return undefined;
  }
  const owner = unprivileged();
  if (owner) chownSync(path, owner.uid, owner.gid);
  // In a group of its own, where Ctrl-C does not reach it.
  const undertaker = spawn("sh", ["-c", 'read -r _; umount -l "$1"; rmdir "$1"', "sh", path], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  undertaker.unref();
  (undertaker.stdin as Socket).unref();
  const ballast = join(path, "ballast");
  return {
    path,
    fill() {
      const file = openSync(ballast, "a");
      try {
        for (;;) writeSync(file, CHUNK);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      } finally {
        closeSync(file);
      }
    },
    clear: () => rmSync(ballast, { force: true }),
    remove: () =>
      new Promise((resolve) => {
        undertaker.ref();
        undertaker.once("exit", () => resolve());
        undertaker.stdin?.end();
      }),
  };
}
