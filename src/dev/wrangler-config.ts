/**
 * The wrangler configuration of the local Worker: which file it is, and what the local stack has to know of it.
 * @module
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, resolve } from "node:path";
import { promisify } from "node:util";
import { MayflyError } from "../base/errors.ts";

/** In the order in which wrangler looks for them. */
const NAMES = ["wrangler.json", "wrangler.jsonc", "wrangler.toml"];

/**
 * The configuration's path.
 * @param given a path; default: the first of wrangler's names in this folder
 * @throws `invalid_config` where there is none
 */
export function findWranglerConfig(given: string | undefined): string {
  const found = (given === undefined ? NAMES : [given]).map((name) => resolve(name)).find((path) => existsSync(path));
  if (found !== undefined) return found;
  const missing =
    given === undefined ? "There is no wrangler.jsonc, wrangler.json or wrangler.toml in this folder" : `There is no file ${given}`;
  throw new MayflyError(
    "invalid_config",
    `${missing}. "mayfly init" writes what a Worker needs; "mayfly dev --database-only" starts the database for programs of any other kind.`,
  );
}

export interface WranglerConfig {
  /** Of the environment that was asked for. */
  readonly crons: readonly string[];
}

/** Asks wrangler itself, in a process of its own: reading is nothing that wrangler's package does quickly. */
const READ = `
const [wrangler, config, env] = process.argv.slice(1);
const { triggers } = require(wrangler).unstable_readConfig({ config, env: env || undefined }, { hideWarnings: true });
console.log(JSON.stringify({ crons: triggers?.crons ?? [] }));
process.exit();`;

/** What wrangler reads in the configuration; undefined where it cannot be read, of which `wrangler dev` tells by itself. */
export async function readWranglerConfig(path: string, environment: string | undefined): Promise<WranglerConfig | undefined> {
  try {
    const wrangler = createRequire(import.meta.url).resolve("wrangler");
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", READ, wrangler, path, environment ?? ""]);
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as WranglerConfig;
  } catch {
    return undefined;
  }
}

/** What to add to the configuration, in its own language, so that a cron trigger comes round when it is deployed. */
export function cronLines(path: string, environment: string | undefined): string {
  if (basename(path).endsWith(".toml")) return `[${environment === undefined ? "" : `env.${environment}.`}triggers]\ncrons = ["* * * * *"]`;
  const lines = '"triggers": { "crons": ["* * * * *"] }';
  return environment === undefined ? lines : `"env": { "${environment}": { ${lines} } }`;
}
