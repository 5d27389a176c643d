/**
 * The package as the tools of others see it, and its public surface.
 * @module
 */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { apiReport } from "../scripts/api-report.ts";
import { type PackedApp, packApp, root } from "./support/packed-app.ts";

let app: PackedApp;
let installed: string;
before(() => {
  app = packApp([]);
  installed = join(app.folder, "node_modules/mayfly");
});
after(() => app.remove());

test("publint finds nothing wrong with it", async () => {
  const { messages, pkg } = await publint({ pkgDir: installed, pack: false });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  );
});

test("its types are found as its code is, where modules are looked up as Node and bundlers do", async () => {
  const result = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(app.tarball))));
  assert.ok(result.types);
  // It is made of ES modules only: what looks modules up as Node 10 did finds no entry but the first, and CommonJS needs Node's require(esm).
  const others = result.problems.filter((problem) => {
    const { kind, resolutionKind } = problem as { kind: string; resolutionKind?: string };
    return resolutionKind !== "node10" && !(kind === "CJSResolvesToESM" && resolutionKind === "node16-cjs");
  });
  assert.deepEqual(others, []);
});

test("its maps lead from JavaScript and from declarations to sources that are in it", () => {
  const maps = globSync("{src,adapters}/**/*.map", { cwd: installed });
  assert.ok(maps.some((map) => map.endsWith(".js.map")) && maps.some((map) => map.endsWith(".d.ts.map")), `${maps.length} maps`);
  for (const map of maps) {
    const { sources } = JSON.parse(readFileSync(join(installed, map), "utf8")) as { sources: string[] };
    for (const source of sources) assert.ok(existsSync(join(installed, dirname(map), source)), `${map}: ${source}`);
  }
});

test("its public surface is the one of docs/api.txt; where it is meant to move, run node scripts/api-report.ts", () => {
  assert.equal(apiReport(installed), readFileSync(join(root, "docs/api.txt"), "utf8"));
});
