/**
 * A folder where the package is installed as npm would: the packed file, and what its manifest asks for.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildPackage } from "../../scripts/build-package.ts";

/** The repository, whose node_modules have every package. */
export const root = join(import.meta.dirname, "../..");

export interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
  readonly [field: string]: unknown;
}

export interface PackedApp {
  /** The folder of the app. */
  readonly folder: string;
  /** The packed file. */
  readonly tarball: string;
  readonly manifest: Manifest;
  /** Removes everything. */
  remove(): void;
}

/** Builds and installs it, beside these packages of the app's own. */
export function packApp(packages: readonly string[]): PackedApp {
  const home = mkdtempSync(join(tmpdir(), "mayfly-package-"));
  buildPackage(join(home, "built"));
  const manifest = JSON.parse(readFileSync(join(home, "built/package.json"), "utf8")) as Manifest;
  const [{ filename }] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--ignore-scripts"], {
      cwd: join(home, "built"),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  ) as [{ filename: string }];
  const folder = join(home, "app");
  const tarball = join(home, "built", filename);
  mkdirSync(join(folder, "node_modules/mayfly"), { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "--strip-components=1", "-C", join(folder, "node_modules/mayfly")]);
  for (const dependency of [...Object.keys(manifest.dependencies), "hono", ...packages]) {
    mkdirSync(dirname(join(folder, "node_modules", dependency)), { recursive: true });
    symlinkSync(join(root, "node_modules", dependency), join(folder, "node_modules", dependency));
  }
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  return { folder, tarball, manifest, remove: () => rmSync(home, { recursive: true, force: true }) };
}
