/**
 * `mayfly.config.ts`: the queue that the command works on, and the code that runs its jobs.
 * @module
 */
import { existsSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { WorkerSettings } from "../../adapters/container/index.ts";
import type { Mayfly } from "../app/create-mayfly.ts";
import { MayflyError } from "../base/errors.ts";
import type { Handler } from "../job/handler.ts";
import type { Middleware } from "../job/middleware.ts";
import { findEsbuild, importBundled, isUnread } from "./bundle-config.ts";

/** The environment of a configuration: this process's. */
export type Env = NodeJS.ProcessEnv;

/** What a configuration exports. */
export interface Config {
  /** Its file's name, for messages. */
  readonly file: string;
  /** Its file. */
  readonly path: string;
  readonly mayfly: Mayfly<Env>;
  /** Empty where it exports none. */
  readonly handlers: readonly Handler<Env>[];
  /** Empty where it exports none. */
  readonly middleware: readonly Middleware<Env>[];
  /** Settings of `mayfly worker`. Empty where it exports none. */
  readonly worker: WorkerSettings;
}

const NAMES = ["mayfly.config.ts", "mayfly.config.js", "mayfly.config.mjs"];

/** Whether there is one to load: named, or in the working folder. */
export function hasConfig(path?: string): boolean {
  return path !== undefined || NAMES.some((name) => existsSync(resolve(name)));
}

/**
 * Loads a configuration, by default the one in the working folder.
 * @throws `invalid_config` when it is missing, throws, or exports something else
 */
export async function loadConfig(path?: string): Promise<Config> {
  const file = findFile(path);
  const name = basename(file);
  const wrong = (message: string, cause?: unknown) => new MayflyError("invalid_config", `${name} ${message}`, { cause });
  let exported: Record<string, unknown>;
  try {
    exported = await importConfig(file);
  } catch (error) {
    throw wrong(`cannot be loaded: ${reason(error)}`, error);
  }
  const { mayfly, handlers = [], middleware = [], worker = {} } = exported;
  if (!isMayfly(mayfly)) throw wrong('has no export "mayfly" made by createMayfly: export const mayfly = createMayfly({ ... }).');
  if (!Array.isArray(handlers) || !handlers.every(isHandler))
    throw wrong('exports "handlers" that are no list of handlers: export const handlers = [definition.handle(...)].');
  if (!Array.isArray(middleware) || !middleware.every((one) => typeof one === "function"))
    throw wrong('exports "middleware" that is no list of functions.');
  if (typeof worker !== "object" || worker === null || Array.isArray(worker))
    throw wrong('exports "worker" that is no object of settings: export const worker = { maxProcesses: 4 }.');
  return { file: name, path: file, mayfly, handlers: handlers as Handler<Env>[], middleware: middleware as Middleware<Env>[], worker };
}

/** As Node reads it; else as the project's bundler does. */
async function importConfig(file: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    const esbuild = isUnread(error) ? findEsbuild(file) : undefined;
    if (!esbuild) throw error;
    return await importBundled(file, esbuild);
  }
}

function findFile(path: string | undefined): string {
  const files = (path === undefined ? NAMES : [path]).map((name) => resolve(name));
  const found = files.find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new MayflyError(
    "invalid_config",
    path === undefined
      ? `There is no ${NAMES.join(", ")} in this folder. Write one that exports "mayfly", or name it with --config.`
      : `There is no file ${path}, which --config names.`,
  );
}

/** By its shape: the file may have a Mayfly of its own. */
function isMayfly(value: unknown): value is Mayfly<Env> {
  if (typeof value !== "object" || value === null) return false;
  const { definitions, connect, operator, withDriver } = value as Partial<Mayfly<Env>>;
  return definitions instanceof Map && [connect, operator, withDriver].every((method) => typeof method === "function");
}

function isHandler(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { definition, run } = value as Partial<Handler<Env>>;
  return typeof definition?.name === "string" && typeof run === "function";
}

/** The first line of what was thrown, and where that was, if it was not in the file itself. */
function reason(error: unknown): string {
  const { code, message, stack } = error instanceof Error ? (error as NodeJS.ErrnoException) : { message: String(error) };
  if (code === "ERR_UNKNOWN_FILE_EXTENSION") return unreadable(message);
  const said = message.split("\n", 1)[0] ?? "";
  const at = placeOf(stack ?? "");
  return at === undefined ? said : `${said} (${at})`;
}

/** Node itself reads JavaScript, and TypeScript that only has types to be taken out. */
function unreadable(message: string): string {
  const [, path = "a file"] = /for (.+)$/m.exec(message) ?? [];
  const file = shortPath(path);
  if (!/\.[cm]?ts$/.test(path)) return `it imports ${file}, which Node does not read and esbuild does: npm install --save-dev esbuild`;
  return `Node ${process.versions.node} reads no TypeScript such as ${file}. Use 22.18 or later, or a .js file.`;
}

/** File and line of what was thrown: the first that its stack names, which for a syntax error is where that is, among files that are not installed ones. */
function placeOf(stack: string): string | undefined {
  for (const [, url = "", line = ""] of stack.matchAll(/(?:file:\/\/)?(\/[^\s():]+):(\d+)/g)) {
    const path = decodeURI(url);
    if (existsSync(path) && !path.includes("/node_modules/") && !path.startsWith(OWN)) return `${shortPath(path)}:${line}`;
  }
  return undefined;
}

/** The command's own code. */
const OWN = join(import.meta.dirname, "..");

function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short === "" || short.startsWith("..") ? path : short;
}
