/**
 * Loads a configuration that Node alone does not read: enums, JSX, aliases of tsconfig.json, imports without an extension or of text, and modules of the
 * Workers runtime. The project's own esbuild puts it together, as wrangler, Vite or drizzle-kit have brought it.
 * @module
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { BuildOptions, BuildResult, Plugin } from "esbuild";

/** What Node says of a file that it does not read, or does not find where a bundler does. Nothing has run by then. */
const UNREAD = new Set([
  "ERR_UNKNOWN_FILE_EXTENSION",
  "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX",
  "ERR_UNSUPPORTED_ESM_URL_SCHEME",
  "ERR_UNSUPPORTED_DIR_IMPORT",
  "ERR_IMPORT_ATTRIBUTE_MISSING",
  "ERR_MODULE_NOT_FOUND",
]);

/** Whether a bundler may read what Node does not. */
export function isUnread(error: unknown): boolean {
  return error instanceof Error && "code" in error && UNREAD.has(String(error.code));
}

interface Esbuild {
  build(options: BuildOptions & { readonly write: false }): Promise<BuildResult<{ write: false }>>;
}

/** The project's esbuild; undefined: it has none. */
export function findEsbuild(file: string): Esbuild | undefined {
  const own = createRequire(file);
  for (const by of [undefined, "wrangler", "vite", "drizzle-kit", "tsx"]) {
    try {
      return (by === undefined ? own : createRequire(own.resolve(by)))("esbuild") as Esbuild;
    } catch {
      // Not brought by this one.
    }
  }
  return undefined;
}

/** What the file exports, put together by esbuild. Packages are left to Node. */
export async function importBundled(file: string, esbuild: Esbuild): Promise<Record<string, unknown>> {
  const text = Object.fromEntries([".html", ".txt", ".md", ".sql", ".css"].map((ending) => [ending, "text" as const]));
  const { outputFiles } = await esbuild.build({
    entryPoints: [file],
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    target: "node22",
    packages: "external",
    loader: text,
    plugins: [runtimeModules],
    sourcemap: "inline",
    logLevel: "silent",
  });
  // Beside the file, so that Node finds its packages.
  const folder = join(dirname(file), ".mayfly");
  mkdirSync(folder, { recursive: true });
  const bundle = join(folder, `config-${process.pid}.mjs`);
  try {
    writeFileSync(bundle, outputFiles[0]?.contents ?? "");
    process.setSourceMapsEnabled(true);
    return (await import(pathToFileURL(bundle).href)) as Record<string, unknown>;
  } finally {
    rmSync(bundle, { force: true });
  }
}

/** Modules of the Workers runtime, whose classes can be extended here and whose `env` is the process's. */
const runtimeModules: Plugin = {
  name: "workers-runtime",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^cloudflare:/ }, ({ path }) => ({ path, namespace: "workers-runtime" }));
    onLoad({ filter: /.*/, namespace: "workers-runtime" }, () => ({
      contents: `export const env = process.env;
export class DurableObject { constructor(ctx, env) { this.ctx = ctx; this.env = env; } }
export class WorkerEntrypoint extends DurableObject {}
export class WorkflowEntrypoint extends DurableObject {}
export class RpcTarget {}
export const tracing = { enterSpan: (_name, run) => run({ setAttribute() {} }) };
export const waitUntil = (promise) => void promise.catch(() => {});
export const connect = () => { throw new Error("connect() of cloudflare:sockets exists on Workers only"); };`,
    }));
  },
};
