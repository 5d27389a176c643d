/**
 * A function's bundle, as serverless.yml has it made.
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleLambda } from "../../scripts/bundle-lambda.ts";

/** Bundles an entry file to `index.mjs` in a folder of its own. */
export async function bundle(entry: string): Promise<{ readonly root: string; readonly file: string; remove(): void }> {
  const root = mkdtempSync(join(tmpdir(), "mayfly-bundle-"));
  const file = join(root, "index.mjs");
  await bundleLambda(entry, file);
  return { root, file, remove: () => rmSync(root, { recursive: true, force: true }) };
}
