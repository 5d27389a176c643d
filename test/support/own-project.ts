/**
 * A folder as a user's project, with this very package in its `node_modules`.
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "../..");

export interface OwnProject {
  readonly path: string;
  remove(): void;
}

/** With these files, by name, and these further packages of the repository's. */
export function ownProject(files: Readonly<Record<string, string>>, packages: readonly string[] = ["hono"]): OwnProject {
  const path = mkdtempSync(join(tmpdir(), "mayfly-project-"));
  for (const name of packages) link(path, name, join(root, "node_modules", name));
  link(path, "mayfly", root);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

function link(path: string, name: string, target: string): void {
  const place = join(path, "node_modules", name);
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(target, place);
}
