/**
 * Makes the folder that a container image holds: an app as it is deployed, with the package as it is published and, in the versions
 * of this repository's lock, what both need to run and nothing else.
 *
 *     node scripts/build-app.ts FOLDER [APP, default examples/starter]
 * @module
 */
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { buildPackage } from "./build-package.ts";

const root = join(import.meta.dirname, "..");
/** What the starter imports, and the way to a Postgres over TCP. */
const OF_THE_APP = ["zod", "hono", "pg"];

/** These packages and all that they depend on, by their folders. */
function closureOf(packages: readonly string[]): Set<string> {
  const found = new Set<string>();
  const left = [...packages];
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    const { dependencies = {} } = JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8")) as {
      dependencies?: Record<string, string>;
    };
    left.push(...Object.keys(dependencies));
  }
  return found;
}

/** Builds it into a folder, which is emptied first. */
export function buildApp(folder: string, app = join(root, "examples/starter")): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of globSync("*.ts", { cwd: app })) cpSync(join(app, file), join(folder, file));
  writeFileSync(join(folder, "package.json"), `${JSON.stringify({ private: true, type: "module" })}\n`);
  const mayfly = join(folder, "node_modules/mayfly");
  buildPackage(mayfly);
  const { dependencies } = JSON.parse(readFileSync(join(mayfly, "package.json"), "utf8")) as { dependencies: Record<string, string> };
  for (const name of closureOf([...Object.keys(dependencies), ...OF_THE_APP])) {
    const target = join(folder, "node_modules", name);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(root, "node_modules", name), target, { recursive: true });
  }
}

if (import.meta.main) {
  const [folder, app] = process.argv.slice(2);
  if (folder === undefined) throw new Error("Say where to: node scripts/build-app.ts FOLDER [APP]");
  buildApp(resolve(folder), app === undefined ? undefined : resolve(app));
}
