/**
 * The layers: each folder imports only from those below it, and of them only from those listed for it; only some may know the platform.
 * @module
 */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

interface Layer {
  /** Folders and files of this project, by their start; those below count. */
  readonly own: readonly string[];
  /** Those of which only types may be used. */
  readonly ownTypesOnly?: readonly string[];
  /** Packages, `node:` for the platform's own. */
  readonly packages?: readonly string[];
  /** Packages of which only types may be used. */
  readonly typesOnly?: readonly string[];
}

/** From the top to the bottom. The longest key that a file's path starts with is its layer. A layer may always import from itself. */
const LAYERS: Record<string, Layer> = {
  "examples/": { own: [], packages: ["mayfly", "hono", "zod", "cloudflare:workers"] },
  "src/cli/": { own: ["src/", "adapters/container/"], packages: ["commander", "pg", "node:"], typesOnly: ["esbuild"] },
  "src/dev/": { own: ["src/"], packages: ["pg", "@electric-sql/pglite", "hono", "node:"] },
  "src/testing/": { own: ["src/"], packages: ["@electric-sql/pglite", "node:"] },
  "src/index.ts": { own: ["src/app/", "src/postgres/driver/", "src/schedule/", "src/enqueue/", "src/operate/", "src/job/", "src/base/"] },
  "src/producer.ts": { own: ["src/app/", "src/postgres/driver/", "src/enqueue/", "src/job/", "src/base/"] },
  "src/migrate.ts": { own: ["src/app/system-clock.ts", "src/postgres/"] },
  "adapters/": { own: ["src/"], packages: ["hono"] },
  "adapters/lambda/": { own: ["src/"], packages: ["hono", "@aws-sdk/client-lambda"] },
  "adapters/container/": { own: ["src/"], packages: ["hono", "node:"] },
  "src/app/": { own: ["src/"], packages: ["hono", "mayfly/dashboard"] },
  "src/data-layers/": { own: ["src/job/refusals.ts"], ownTypesOnly: ["src/job/"] },
  "src/dashboard/": {
    own: ["src/http/auth.ts", "src/http/payload-schema.ts", "src/wake/", "src/schedule/", "src/operate/", "src/job/", "src/base/"],
    packages: ["hono", "d3-array"],
  },
  "src/client/": { own: ["src/base/errors.ts"], ownTypesOnly: ["src/http/", "src/operate/", "src/job/", "src/base/"] },
  "src/http/": {
    own: ["src/worker/", "src/wake/", "src/schedule/", "src/enqueue/", "src/operate/", "src/job/", "src/base/"],
    packages: ["hono", "valibot"],
  },
  "src/telemetry/": {
    own: ["src/worker/outcome.ts", "src/worker/process-ends.ts", "src/enqueue/", "src/store/", "src/operate/", "src/job/", "src/base/"],
    ownTypesOnly: ["src/worker/"],
    packages: ["@opentelemetry/api"],
  },
  "src/postgres/": {
    own: [
      "src/postgres/sql/",
      "src/postgres/driver/driver.ts",
      "src/postgres/driver/errors.ts",
      "src/store/",
      "src/operate/",
      "src/job/",
      "src/base/",
    ],
  },
  "src/postgres/driver/": { own: ["src/base/"], packages: ["#tcp"] },
  "src/postgres/sql/": { own: [] },
  "src/worker/": { own: ["src/wake/", "src/schedule/", "src/enqueue/", "src/store/", "src/operate/", "src/job/", "src/base/"] },
  "src/wake/": { own: ["src/base/"] },
  "src/schedule/": { own: ["src/enqueue/", "src/store/", "src/job/", "src/base/"], packages: ["croner"] },
  "src/enqueue/": { own: ["src/store/", "src/job/", "src/base/"], typesOnly: ["@standard-schema/spec"] },
  "src/store/": { own: [], ownTypesOnly: ["src/operate/", "src/job/", "src/base/"] },
  "src/operate/": { own: ["src/job/", "src/base/"] },
  "src/job/": { own: ["src/base/"], typesOnly: ["@standard-schema/spec"] },
  "src/base/": { own: [] },
};
const ORDER = Object.keys(LAYERS);

/** Adapters and programs know their platform; nothing else does. */
const PLATFORM = /\bprocess\.(env|argv|exit|pid|cwd)\b|\bDate\.now\(|\bnew Date\(\)|\bsetTimeout\(|\bsetInterval\(/;
const KNOWS_PLATFORM = [
  "src/cli/",
  "src/dev/",
  "src/app/system-clock.ts",
  "src/postgres/driver/time-limit.ts",
  "src/client/wait.ts",
  "adapters/",
  "examples/",
];

const IMPORT = /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^;'"]*?\sfrom\s+)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/g;

const files = globSync("{src,adapters,examples}/**/*.{ts,tsx}", { cwd: root }).sort();

function layerOf(file: string): string | undefined {
  return ORDER.filter((start) => file.startsWith(start)).sort((a, b) => b.length - a.length)[0];
}

const startsWithOne = (path: string, starts: readonly string[]) => starts.some((start) => path.startsWith(start));

function mayImport(name: string, path: string, typeOnly: boolean): boolean {
  const target = layerOf(path);
  if (target === name) return true;
  const { own, ownTypesOnly = [] } = LAYERS[name] as Layer;
  return (
    target !== undefined && ORDER.indexOf(target) > ORDER.indexOf(name) && startsWithOne(path, typeOnly ? [...own, ...ownTypesOnly] : own)
  );
}

function mayUse(name: string, target: string, typeOnly: boolean): boolean {
  const { packages = [], typesOnly = [] } = LAYERS[name] as Layer;
  return [...packages, ...(typeOnly ? typesOnly : [])].some(
    (one) => target === one || target.startsWith(one.endsWith(":") ? one : `${one}/`),
  );
}

function wrongImports(file: string): string[] {
  const name = layerOf(file);
  if (name === undefined) return [`${file} is in no layer`];
  const wrong: string[] = [];
  for (const [, type, from, dynamic] of read(file).matchAll(IMPORT)) {
    const target = (from ?? dynamic) as string;
    const path = target.startsWith(".") ? relative(root, join(root, dirname(file), target)) : undefined;
    const allowed = path === undefined ? mayUse(name, target, type !== undefined) : mayImport(name, path, type !== undefined);
    if (!allowed) wrong.push(`${file} imports ${path ?? target}`);
  }
  return wrong;
}

test("each folder imports only from the layers below it", () => {
  assert.deepEqual(files.flatMap(wrongImports), []);
});

test("the seam between the program and the database is nothing but types", () => {
  const seam = files.filter((file) => file.startsWith("src/store/"));
  assert.deepEqual(
    seam.filter((file) => /^(export )?(default|const|let|var|function|async|class|enum)\b/m.test(read(file))),
    [],
  );
});

test("the time, timers and the process are known only at the edge", () => {
  const wrong = files
    .filter((file) => !startsWithOne(file, KNOWS_PLATFORM))
    .filter((file) => PLATFORM.test(read(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "")));
  assert.deepEqual(wrong, []);
});

/** The other ways to read time, which `test/support/moving-clock.ts` does not move. */
const OTHER_CLOCKS =
  /\b(current_timestamp|current_date|current_time|localtime|localtimestamp|(statement|transaction)_timestamp|timeofday|pg_catalog\.now)\b|\bage\(|'(now|today|tomorrow|yesterday)'::/i;

test("SQL reads time as now() and clock_timestamp(), and in no other way", () => {
  const sql = globSync("sql/{migrations,functions,statements}/**/*.sql", { cwd: root });
  assert.deepEqual(
    sql.filter((file) => OTHER_CLOCKS.test(read(file).replace(/--.*/g, ""))),
    [],
  );
});

interface Size {
  readonly lines: number;
  readonly columns?: number;
}

/** Files that are larger than they should be, and how large. They may shrink, and leave the list then. */
const LARGE = JSON.parse(read("test/large-files.json")) as Record<string, Size>;
const GENERATED = ["src/postgres/sql/", "src/dashboard/assets.ts"];

/** Of TypeScript the formatter sees to the columns. */
function capOf(file: string): Required<Size> {
  return file.endsWith(".sql") ? { lines: 120, columns: 120 } : { lines: 250, columns: Number.POSITIVE_INFINITY };
}

function sizeOf(file: string): Required<Size> {
  const lines = read(file).trimEnd().split("\n");
  return { lines: lines.length, columns: Math.max(...lines.map((line) => line.length)) };
}

const fits = (file: string, most: Size) =>
  sizeOf(file).lines <= most.lines && sizeOf(file).columns <= (most.columns ?? Number.POSITIVE_INFINITY);

test("no file is larger than a room that one can know", () => {
  const code = globSync("{src,adapters,examples,scripts,test,bench}/**/*.{ts,tsx}", { cwd: root });
  const sql = globSync("sql/{migrations,functions,statements}/**/*.sql", { cwd: root });
  const all = [...code, ...sql].filter((file) => !startsWithOne(file, GENERATED));
  assert.deepEqual(
    all.filter((file) => !fits(file, LARGE[file] ?? capOf(file))),
    [],
  );
  assert.deepEqual(
    Object.keys(LARGE).filter((file) => !all.includes(file) || fits(file, capOf(file))),
    [],
    "these are not there, or no longer large: they leave test/large-files.json",
  );
  const sizes = files.map((file) => sizeOf(file).lines).sort((a, b) => a - b);
  assert.ok((sizes[sizes.length >> 1] ?? 0) < 80);
});

test("a field of a job is named by at most ten files, so that another one takes no more", () => {
  const sources = globSync("{src,adapters,sql,scripts}/**/*.{ts,tsx,sql}", { cwd: root });
  const written = sources.filter((file) => !file.startsWith("src/postgres/sql/") && file !== "sql/schema.sql");
  const naming = written.filter((file) => /\btracestate\b/.test(read(file)));
  assert.ok(naming.length > 0 && naming.length <= 10, naming.join(", "));
});
