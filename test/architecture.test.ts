/**
 * The layers: each folder imports only from those listed for it, and only some may know the platform.
 * @module
 */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..");

interface Layer {
  /** Folders and files of this project, by their start. */
  readonly own: readonly string[];
  /** Those of which only types may be used. */
  readonly ownTypesOnly?: readonly string[];
  /** Packages, `node:` for the platform's own. */
  readonly packages?: readonly string[];
  /** Packages of which only types may be used. */
  readonly typesOnly?: readonly string[];
}

/** The longest key that a file's path starts with is its layer. A layer may always import from itself. */
const LAYERS: Record<string, Layer> = {
  "src/core/": { own: [], packages: ["croner"], typesOnly: ["@standard-schema/spec"] },
  "src/sql/": { own: [] },
  "src/driver/": { own: ["src/core/"], packages: ["@neondatabase/serverless"] },
  "src/store/": { own: ["src/core/", "src/sql/", "src/driver/driver.ts", "src/driver/errors.ts"] },
  "src/engine/": { own: ["src/core/", "src/store/store.ts", "src/store/look.ts"] },
  "src/telemetry/": {
    own: ["src/core/", "src/store/store.ts", "src/store/look.ts"],
    ownTypesOnly: ["src/engine/"],
    packages: ["@opentelemetry/api"],
  },
  "src/http/": { own: ["src/core/", "src/engine/"], packages: ["hono", "valibot", "@valibot/to-json-schema"] },
  "src/client/": { own: ["src/core/errors.ts"], ownTypesOnly: ["src/core/", "src/http/"] },
  "src/dashboard/": { own: ["src/core/", "src/engine/", "src/http/auth.ts", "src/http/payload-schema.ts"], packages: ["hono", "d3-array"] },
  "src/mayfly/": {
    own: ["src/core/", "src/driver/", "src/store/", "src/engine/", "src/telemetry/", "src/http/", "src/dashboard/"],
    packages: ["hono", "mayfly/dashboard"],
  },
  "src/producer.ts": { own: ["src/core/", "src/driver/", "src/mayfly/"] },
  "src/testing/": { own: ["src/"] },
  "src/cli/": { own: ["src/", "adapters/container/"], packages: ["commander", "pg", "node:"] },
  "src/dev/": { own: ["src/"], packages: ["pg", "@electric-sql/pglite", "hono", "node:"] },
  "src/index.ts": { own: ["src/core/", "src/driver/", "src/mayfly/"] },
  "adapters/": { own: ["src/"], packages: ["hono"] },
  "adapters/lambda/": { own: ["src/"], packages: ["hono", "@aws-sdk/client-lambda"] },
  "adapters/container/": { own: ["src/"], packages: ["hono", "node:"] },
  "examples/": { own: [], packages: ["mayfly", "hono", "zod", "@neondatabase/serverless"] },
};

/** Adapters and programs know their platform; nothing else does. */
const PLATFORM = /\bprocess\.(env|argv|exit|pid|cwd)\b|\bDate\.now\(|\bnew Date\(\)|\bsetTimeout\(|\bsetInterval\(/;
const KNOWS_PLATFORM = [
  "src/cli/",
  "src/dev/",
  "src/mayfly/system-clock.ts",
  "src/driver/time-limit.ts",
  "src/client/wait.ts",
  "adapters/",
  "examples/",
];

const IMPORT = /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^;'"]*?\sfrom\s+)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/g;

const files = globSync("{src,adapters,examples}/**/*.{ts,tsx}", { cwd: root }).sort();

function layerOf(file: string): string | undefined {
  return Object.keys(LAYERS)
    .filter((start) => file.startsWith(start))
    .sort((a, b) => b.length - a.length)[0];
}

function wrongImports(file: string): string[] {
  const name = layerOf(file);
  if (name === undefined) return [`${file} is in no layer`];
  const layer = LAYERS[name] as Layer;
  const wrong: string[] = [];
  for (const [, typeOnly, from, dynamic] of readFileSync(join(root, file), "utf8").matchAll(IMPORT)) {
    const target = (from ?? dynamic) as string;
    const path = target.startsWith(".") ? relative(root, join(root, dirname(file), target)) : undefined;
    const allowed =
      path === undefined
        ? [...(layer.packages ?? []), ...(typeOnly ? (layer.typesOnly ?? []) : [])].some(
            (p) => target === p || target.startsWith(p.endsWith(":") ? p : `${p}/`),
          )
        : [name, ...layer.own, ...(typeOnly ? (layer.ownTypesOnly ?? []) : [])].some((start) => path.startsWith(start));
    if (!allowed) wrong.push(`${file} imports ${path ?? target}`);
  }
  return wrong;
}

test("each folder imports only from the layers below it", () => {
  assert.deepEqual(files.flatMap(wrongImports), []);
});

test("the time, timers and the process are known only at the edge", () => {
  const wrong = files
    .filter((file) => !KNOWS_PLATFORM.some((start) => file.startsWith(start)))
    .filter((file) => PLATFORM.test(readFileSync(join(root, file), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "")));
  assert.deepEqual(wrong, []);
});

test("no file is larger than a room that one can know", () => {
  const lines = (file: string) => readFileSync(join(root, file), "utf8").split("\n").length;
  const all = globSync("{src,adapters,examples,scripts,test}/**/*.{ts,tsx}", { cwd: root }).filter(
    (file) => !file.startsWith("src/sql/") && file !== "src/dashboard/assets.ts",
  );
  assert.deepEqual(
    all.filter((file) => lines(file) > (file.startsWith("test/") ? 400 : 250)),
    [],
  );
  const sizes = files.map(lines).sort((a, b) => a - b);
  assert.ok((sizes[sizes.length >> 1] ?? 0) < 80);
});
