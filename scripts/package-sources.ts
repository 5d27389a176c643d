/**
 * The sources that the package's maps lead to: a stack trace and an editor show TypeScript. They lie in a folder of their own, since beside its JavaScript a
 * compiler would take the source for the types.
 * @module
 */
import { cpSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const FOLDER = "source";

/** Copies them, and turns every map to the copy. */
export function writeSources(root: string, folder: string): void {
  for (const map of globSync("{src,adapters}/**/*.map", { cwd: folder })) {
    const file = join(folder, map);
    const { sources, ...content } = JSON.parse(readFileSync(file, "utf8")) as { readonly sources: readonly string[] };
    const originals = sources.map((source) => relative(root, join(dirname(file), source)));
    for (const original of originals) cpSync(join(root, original), join(folder, FOLDER, original));
    const copies = originals.map((original) => relative(dirname(file), join(folder, FOLDER, original)));
    writeFileSync(file, JSON.stringify({ ...content, sources: copies }));
  }
}
