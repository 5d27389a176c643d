/**
 * The packages that the local stack needs and that are no part of this one: which of them are missing, and how to install them.
 * @module
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

export interface Need {
  /** Whether a Worker is to run. */
  readonly worker: boolean;
  /** A Postgres that is there already; undefined: an embedded one is to be started. */
  readonly databaseUrl: string | undefined;
}

/** Those that are not installed. */
export function missingPackages({ worker, databaseUrl }: Need): string[] {
  const database = databaseUrl === undefined ? ["@electric-sql/pglite", "@electric-sql/pglite-socket"] : ["pg"];
  return [...database, ...(worker ? ["wrangler"] : [])].filter((name) => !isInstalled(name));
}

/** What installs them into the project of this folder, by the package manager whose lock file is there. */
export function installCommand(folder: string, names: readonly string[]): readonly [command: string, ...args: string[]] {
  const has = (file: string) => existsSync(join(folder, file));
  if (has("pnpm-lock.yaml")) return ["pnpm", "add", "--save-dev", ...names];
  if (has("yarn.lock")) return ["yarn", "add", "--dev", ...names];
  if (has("bun.lock") || has("bun.lockb")) return ["bun", "add", "--dev", ...names];
  return ["npm", "install", "--save-dev", ...names];
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
