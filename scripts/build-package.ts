/**
 * Makes the folder that is published: JavaScript, types, the pages, and a manifest of its own, without what only
 * this repository needs.
 * @module
 */
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writePages } from "./package-pages.ts";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly type: string;
  readonly sideEffects: boolean;
  readonly engines: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** What `mayfly dev`, the drivers of these names and a poke on Lambda need; whoever uses none of them does without. */
const PEERS = ["@aws-sdk/client-lambda", "@electric-sql/pglite", "@electric-sql/pglite-socket", "pg", "wrangler"];

/** OpenTelemetry's API finds an SDK only where the program's API is as new as every package asks for, so this package asks for an old version. */
const RANGES: Readonly<Record<string, string>> = { "@opentelemetry/api": "^1.9.0" };

const root = join(import.meta.dirname, "..");

/** The manifest of the package, from the repository's. */
function packageManifest(own: Manifest) {
  const built = (path: string) => path.replace(/\.ts$/, "");
  const { name, version, description, license, type, sideEffects, dependencies, devDependencies } = own;
  return {
    name,
    version,
    description,
    license,
    type,
    sideEffects,
    // The repository runs from source and needs a newer one.
    engines: { node: ">=22" },
    exports: Object.fromEntries(
      Object.entries(own.exports).map(([path, file]) => [path, { types: `${built(file)}.d.ts`, default: `${built(file)}.js` }]),
    ),
    bin: Object.fromEntries(Object.entries(own.bin).map(([command, file]) => [command, `${built(file)}.js`])),
    // Ranges, so that an app that uses hono itself has one copy of it.
    dependencies: Object.fromEntries(
      Object.entries(dependencies).map(([dependency, pinned]) => [dependency, RANGES[dependency] ?? `^${pinned}`]),
    ),
    peerDependencies: Object.fromEntries(PEERS.map((peer) => [peer, `>=${devDependencies[peer]}`])),
    peerDependenciesMeta: Object.fromEntries(PEERS.map((peer) => [peer, { optional: true }])),
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
  cpSync(join(root, "templates"), join(folder, "templates"), { recursive: true });
  writePages(root, folder);
}

if (import.meta.main) buildPackage(join(root, "dist"));
