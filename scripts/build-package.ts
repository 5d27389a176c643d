/**
 * Makes the folder that is published: JavaScript, types, the pages, and a manifest of its own, without what only
 * this repository needs.
 * @module
 */
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writePages } from "./package-pages.ts";
import { writeSources } from "./package-sources.ts";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly type: string;
  readonly sideEffects: boolean;
  readonly engines: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * The oldest versions that work, since npm refuses to install beside a peer that is older than the range, used or not. Hono is a peer because its objects cross
 * the API: a second copy in an app does not fit the first. It alone is needed; whoever uses none of the others does without.
 */
const PEERS: Readonly<Record<string, string>> = {
  "@aws-sdk/client-lambda": ">=3.0.0",
  "@electric-sql/pglite": ">=0.3.0",
  hono: "^4.6.0",
  pg: ">=8.7.0",
  postgres: ">=3.4.0",
  wrangler: ">=4.30.0",
};

/**
 * Of what it brings, the oldest versions that work, so that an app that uses one itself has one copy. OpenTelemetry's API finds an SDK only where the program's
 * API is as new as every package asks for.
 */
const RANGES: Readonly<Record<string, string>> = { "@opentelemetry/api": "^1.9.0", valibot: "^1.0.0" };

const root = join(import.meta.dirname, "..");

/** The manifest of the package, from the repository's. */
function packageManifest(own: Manifest) {
  const built = (path: string) => path.replace(/\.ts$/, "");
  const { name, version, description, license, type, sideEffects, dependencies, imports } = own;
  return {
    name,
    version,
    description,
    license,
    type,
    sideEffects,
    // The repository runs from source and needs a newer one.
    engines: { node: ">=22.12" },
    exports: Object.fromEntries(
      Object.entries(own.exports).map(([path, file]) => [path, { types: `${built(file)}.d.ts`, default: `${built(file)}.js` }]),
    ),
    imports: Object.fromEntries(
      Object.entries(imports).map(([name, files]) => [
        name,
        Object.fromEntries(Object.entries(files).map(([condition, file]) => [condition, `${built(file)}.js`])),
      ]),
    ),
    bin: Object.fromEntries(Object.entries(own.bin).map(([command, file]) => [command, `${built(file)}.js`])),
    dependencies: Object.fromEntries(
      Object.entries(dependencies)
        .filter(([dependency]) => !(dependency in PEERS))
        .map(([dependency, pinned]) => [dependency, RANGES[dependency] ?? `^${pinned}`]),
    ),
    peerDependencies: PEERS,
    peerDependenciesMeta: Object.fromEntries(
      Object.keys(PEERS)
        .filter((peer) => !(peer in dependencies))
        .map((peer) => [peer, { optional: true }]),
    ),
  };
}

/** Builds it into a folder, which is emptied first. */
export function buildPackage(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  execFileSync(join(root, "node_modules/typescript/bin/tsc"), ["-p", "tsconfig.build.json", "--outDir", folder], {
    cwd: root,
    stdio: "inherit",
  });
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(packageManifest(manifest), null, 2)}\n`);
  cpSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  writePages(root, folder);
  writeSources(root, folder);
}

if (import.meta.main) buildPackage(join(root, "dist"));
