/**
 * What the pages show, and every adapter, against the platforms' own types: in both compilers, and as Node and as bundlers look modules up.
 * @module
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { type PackedApp, packApp, root } from "./support/packed-app.ts";

const COMPILERS = { "TypeScript 7": "typescript/bin/tsc", "TypeScript 5.9": "typescript-5/bin/tsc" };
const RESOLUTIONS = { nodenext: { module: "nodenext" }, bundler: { module: "esnext", moduleResolution: "bundler" } };
const PLATFORMS = {
  workers: { lib: ["es2024"], types: ["@cloudflare/workers-types"] },
  node: { lib: ["es2024"], types: ["node"] },
};
type Platform = keyof typeof PLATFORMS;

/** Pages whose blocks are code of a Worker. */
const WORKERS_PAGES = ["deploy-cloudflare.md", "deploy-container.md", "observability.md"];
/** Blocks that name what no type here knows: Deno's globals, and a bank of the reader's own. */
const NOT_HERE = /Deno\.serve|FakeBank|shards\.length/;

let app: PackedApp;
before(() => {
  const types = ["@cloudflare/workers-types", "@types/aws-lambda", "@types/node", "@types/pg", "undici-types"];
  app = packApp(["zod", "pg", "pg-types", "pg-protocol", "@vercel/functions", "@hono/node-server", ...types]);
  for (const platform of Object.keys(PLATFORMS) as Platform[]) {
    const folder = join(app.folder, platform);
    mkdirSync(folder);
    cpSync(join(import.meta.dirname, "platform-types", platform), folder, { recursive: true });
    for (const file of globSync("**/*.txt", { cwd: folder })) cpSync(join(folder, file), join(folder, file.replace(/\.txt$/, "")));
    writeBlocks(folder, platform);
  }
});
after(() => app.remove());

/** README's blocks are one program; those of the other pages are pieces, whose free names `names.d.ts` declares. */
function writeBlocks(folder: string, platform: Platform): void {
  for (const [, name = "", text = ""] of blocksOf("README.md", /```ts\n\/\/ (\S+)\n([\s\S]*?)```/g))
    writeFileSync(join(folder, name), text);
  // The blocks of the others need packages that this one does not bring; test/readme.test.ts compiles them.
  for (const page of globSync("docs/*.md", { cwd: root, exclude: ["docs/data-layers.md", "docs/databases.md"] })) {
    if (WORKERS_PAGES.includes(basename(page)) !== (platform === "workers")) continue;
    blocksOf(page, /```ts\n([\s\S]*?)```/g).forEach(([, text = ""], index) => {
      if (!NOT_HERE.test(text)) writeFileSync(join(folder, `${basename(page, ".md")}-${index}.ts`), `${text}\nexport {};\n`);
    });
  }
}

function blocksOf(page: string, block: RegExp) {
  return [...readFileSync(join(root, page), "utf8").matchAll(block)];
}

/** What the compiler finds wrong. */
async function check(platform: Platform, compiler: string, resolution: object): Promise<string> {
  const file = join(app.folder, platform, "tsconfig.json");
  const options = { strict: true, noEmit: true, target: "es2024", skipLibCheck: true, allowImportingTsExtensions: true };
  const compilerOptions = { ...options, exactOptionalPropertyTypes: true, ...PLATFORMS[platform], ...resolution };
  writeFileSync(file, JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  try {
    await promisify(execFile)(process.execPath, [join(root, "node_modules", compiler), "-p", file], { encoding: "utf8" });
    return "";
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

for (const [compiler, path] of Object.entries(COMPILERS)) {
  for (const [resolution, options] of Object.entries(RESOLUTIONS)) {
    describe(`${compiler}, ${resolution}`, () => {
      for (const platform of Object.keys(PLATFORMS) as Platform[])
        test(`the pages and the adapters compile: ${platform}`, async () => assert.equal(await check(platform, path, options), ""));
    });
  }
}
