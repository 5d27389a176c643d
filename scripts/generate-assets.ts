/**
 * Writes src/dashboard/assets.ts from src/dashboard/assets/: where pages are served there are no files to read. `--check` only says
 * whether it is up to date.
 * @module
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

const folder = join(import.meta.dirname, "../src/dashboard/assets");

function assetLine(file: string): string {
  const body = readFileSync(join(folder, file), "utf8");
  const extension = extname(file);
  const type = TYPES[extension];
  if (!type) throw new Error(`src/dashboard/assets/${file} is of a kind that is not served`);
  const name = file.slice(0, -extension.length);
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 12);
  return `  ${name}: ${JSON.stringify({ file: `${name}.${hash}${extension}`, type, body })},`;
}

const text = `/**
 * Generated from src/dashboard/assets/ by \`npm run generate\`; not to be edited.
 * @module
 */
/** What pages load besides themselves. A file's name changes with its body, so that it can be kept for ever. */
export const assets = {
${readdirSync(folder).sort().map(assetLine).join("\n")}
} as const;
`;

const path = join(import.meta.dirname, "../src/dashboard/assets.ts");
if (!process.argv.includes("--check")) {
  writeFileSync(path, text);
} else if (readFileSync(path, "utf8") !== text) {
  console.error('src/dashboard/assets.ts is not what src/dashboard/assets/ says: run "npm run generate" and commit it');
  process.exitCode = 1;
}
