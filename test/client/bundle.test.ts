/**
 * What `mayfly/client` brings into a program.
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

test("it is at most 5 KB gzipped, and nothing but itself: no driver, no validator, no Node", async (t) => {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(import.meta.dirname, "../../src/client/index.ts")],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    write: false,
    metafile: true,
  });
  const [file] = outputFiles;
  assert.ok(file);
  assert.deepEqual(
    Object.keys(metafile.inputs).filter((input) => !/src\/(client\/|base\/errors\.ts$)/.test(input)),
    [],
  );
  assert.doesNotMatch(file.text, /node:|require\(|process\.|Buffer/);
  const size = gzipSync(file.contents, { level: 9 }).length;
  t.diagnostic(`${size} bytes gzipped`);
  assert.ok(size <= 5_120, `${size} bytes`);
});
