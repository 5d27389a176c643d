/**
 * Lets Node run .tsx from source: `node --import ./scripts/jsx-loader.ts`. Bundlers and the published package do without.
 * @module
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TransformOptions } from "esbuild";

const OPTIONS: TransformOptions = {
  loader: "tsx",
  jsx: "automatic",
  jsxImportSource: "hono/jsx",
  sourcemap: "inline",
  target: "esnext",
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
};

const folder = join(tmpdir(), "mayfly-jsx");

registerHooks({
  load(url, context, nextLoad) {
    if (!url.endsWith(".tsx")) return nextLoad(url, context);
    return { format: "module", source: transformed(url, readFileSync(fileURLToPath(url), "utf8")), shortCircuit: true };
  },
});

/** Kept for all processes of a test run: each file would be a process of esbuild's in each of them. */
function transformed(url: string, text: string): string {
  const name = createHash("sha256")
    .update(JSON.stringify([url, text, OPTIONS]))
    .digest("hex");
  const path = join(folder, `${name}.js`);
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Nobody has transformed it yet.
  }
  const { transformSync } = createRequire(import.meta.url)("esbuild") as typeof import("esbuild");
  const { code } = transformSync(text, { ...OPTIONS, sourcefile: url });
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${path}.${process.pid}`, code);
  renameSync(`${path}.${process.pid}`, path);
  return code;
}
