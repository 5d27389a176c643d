/**
 * The environment of a command: what is set, then what `.env` says, then the database of the local stack that runs in this folder.
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadEnvFile } from "node:process";
import { parseEnv } from "node:util";
import { isHeld } from "../dev/data-folder.ts";

/** Reads `.env`, and the address of a running `mayfly dev`, into the process's environment. What is set already wins. */
export function readEnvironment(): void {
  if (existsSync(".env")) loadEnvFile(".env");
  const folder = process.env.MAYFLY_DATA_DIR || ".mayfly";
  const address = join(folder, "worker.env");
  if (process.env.DATABASE_URL || !existsSync(address) || !isHeld(folder)) return;
  const { DATABASE_URL, MAYFLY_NEON_ENDPOINT } = parseEnv(readFileSync(address, "utf8"));
  if (DATABASE_URL !== undefined) process.env.DATABASE_URL = DATABASE_URL;
  if (MAYFLY_NEON_ENDPOINT !== undefined) process.env.MAYFLY_NEON_ENDPOINT = MAYFLY_NEON_ENDPOINT;
}
